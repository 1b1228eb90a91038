# A library of two objects as clang and lld make it for Windows, in seven edits: natively, on mingw's headers
# and libraries.
find_program(HRWATCH_TEST_CLANG NAMES clang++ clang++-14 REQUIRED)
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=crtbegin.o
                OUTPUT_VARIABLE begin OUTPUT_STRIP_TRAILING_WHITESPACE)
get_filename_component(gcc ${begin} DIRECTORY)
get_filename_component(gcc ${gcc} REALPATH)
set(clang ${HRWATCH_TEST_CLANG} --target=x86_64-w64-mingw32
    -isystem ${gcc}/include/c++ -isystem ${gcc}/include/c++/x86_64-w64-mingw32
    -isystem ${gcc}/include/c++/backward)
set(code_flags -fpatchable-function-entry=8,6 -falign-functions=16 -ffunction-sections -fdata-sections
    -fno-emulated-tls -g -gcodeview -fstandalone-debug -O0)

set(folder ${CMAKE_CURRENT_BINARY_DIR}/coff)
set(libraries "")
set(others "")
# hr_coff_library(<name> <edit> [compiler option]...): in a folder of its own, where its objects stay.
function(hr_coff_library name edit)
  file(MAKE_DIRECTORY ${folder}/${name})
  string(JOIN _ other other ${ARGN})
  set(objects ${folder}/${name}/game.obj ${folder}/${other}.obj)
  add_custom_command(OUTPUT ${folder}/${name}/game.obj VERBATIM
    COMMAND ${clang} ${code_flags} ${ARGN} -DEDIT=${edit} -c ${CMAKE_CURRENT_SOURCE_DIR}/coff/game.cpp
            -o ${folder}/${name}/game.obj
    DEPENDS coff/game.cpp coff/shared.h)
  if(NOT other IN_LIST others)  # what is not edited is compiled once
    list(APPEND others ${other})
    set(others ${others} PARENT_SCOPE)
    add_custom_command(OUTPUT ${folder}/${other}.obj VERBATIM
      COMMAND ${clang} ${code_flags} ${ARGN} -c ${CMAKE_CURRENT_SOURCE_DIR}/coff/other.cpp
              -o ${folder}/${other}.obj
      DEPENDS coff/other.cpp coff/shared.h)
  endif()
  set(library ${folder}/${name}/game.dll)
  add_custom_command(OUTPUT ${library} VERBATIM
    COMMAND ${clang} -fuse-ld=lld -shared -static -L${gcc} ${objects} -o ${library} -lpthread
            -Wl,--pdb=${folder}/${name}/game.pdb
    DEPENDS ${objects})
  set(libraries ${libraries} ${library} PARENT_SCOPE)
endfunction()

foreach(edit RANGE 7)
  hr_coff_library(edit_${edit} ${edit})
endforeach()
hr_coff_library(optimised 0 -O2)
hr_coff_library(bare 0 -fpatchable-function-entry=0)
add_custom_target(test_coff_libraries DEPENDS ${libraries})

hr_test(unit.coff LABELS unit SOURCES coff_test.cpp coff_verdict_test.cpp
        LIBRARIES hrwatch_analysis hr_test_support)
hr_program_path(folder ${folder})
target_compile_definitions(test_unit_coff PRIVATE HR_TEST_COFF="${folder}")
add_dependencies(test_unit_coff test_coff_libraries)

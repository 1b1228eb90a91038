# The tiny module as clang and lld make it for Windows: natively, on mingw's headers and libraries.
find_program(HRWATCH_TEST_CLANG NAMES clang++ clang++-14 REQUIRED)
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=crtbegin.o
                OUTPUT_VARIABLE begin OUTPUT_STRIP_TRAILING_WHITESPACE)
get_filename_component(gcc ${begin} DIRECTORY)
get_filename_component(gcc ${gcc} REALPATH)
set(tiny_command ${HRWATCH_TEST_CLANG} --target=x86_64-w64-mingw32 -fuse-ld=lld -shared
    -isystem ${gcc}/include/c++ -isystem ${gcc}/include/c++/x86_64-w64-mingw32
    -isystem ${gcc}/include/c++/backward -L${gcc} -static
    -I${PROJECT_SOURCE_DIR}/runtime/include -I${CMAKE_CURRENT_SOURCE_DIR}/fixtures/coff
    -fpatchable-function-entry=8,6 -falign-functions=16 -ffunction-sections -fdata-sections
    -fno-emulated-tls -g -gcodeview -O0)
file(MAKE_DIRECTORY ${tiny_folder}/elsewhere)
set(tiny_targets "")
set(tiny_files "")

# hr_tiny(<version> <number> DEFINITIONS ... OPTIONS ... SOURCES ... LINKED ... NEEDS ...)
function(hr_tiny version number)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "" "DEFINITIONS;OPTIONS;SOURCES;LINKED;NEEDS")
  set(name ${tiny_folder}/tiny_${version})
  list(TRANSFORM ARG_DEFINITIONS PREPEND -D)
  add_custom_command(OUTPUT ${name}.dll VERBATIM
    COMMAND ${tiny_command} -DVERSION=${number} ${ARG_DEFINITIONS} ${ARG_OPTIONS}
            ${CMAKE_CURRENT_SOURCE_DIR}/fixtures/tiny.cpp ${ARG_SOURCES} ${ARG_LINKED}
            -o ${name}.dll -lpthread -Wl,--pdb=${name}.pdb -Wl,--Map=${name}.map
    DEPENDS fixtures/tiny.cpp fixtures/coff/tiny_parts.h ${ARG_SOURCES} ${ARG_NEEDS})
  add_custom_target(tiny_${version} DEPENDS ${name}.dll)
  set(tiny_targets ${tiny_targets} tiny_${version} PARENT_SCOPE)
endfunction()

hr_tiny(1 1)
hr_tiny(2 2)
hr_tiny(3 3)
hr_tiny(small_1 1 DEFINITIONS TINY_SMALL)
hr_tiny(small_2 2 DEFINITIONS TINY_SMALL)
hr_tiny(bare 1 DEFINITIONS TINY_SMALL OPTIONS -fpatchable-function-entry=0)
# Those that present themselves, as add_hot_module makes them.
hr_program_path(presented_folder ${CMAKE_CURRENT_BINARY_DIR}/presented)
foreach(number 1 2)
  hr_tiny(presented_${number} ${number} SOURCES ${PROJECT_SOURCE_DIR}/cmake_module/hot_module.cpp
    DEFINITIONS "HR_MODULE_NAME=\"tiny\"" "HR_MODULE_BUILD_DIR=\"${presented_folder}\""
    LINKED $<TARGET_LINKER_FILE:hr> NEEDS hr ${PROJECT_SOURCE_DIR}/cmake_module/hot_module.c)
endforeach()
# One that needs a library which is not where the loader looks.
set(elsewhere ${tiny_folder}/elsewhere)
add_custom_command(OUTPUT ${elsewhere}/nobody.dll.a VERBATIM
  COMMAND ${tiny_command} ${CMAKE_CURRENT_SOURCE_DIR}/fixtures/coff/nobody.cpp -o ${elsewhere}/nobody.dll
          -Wl,--out-implib=${elsewhere}/nobody.dll.a
  DEPENDS fixtures/coff/nobody.cpp)
hr_tiny(missing 2 DEFINITIONS TINY_MISSING LINKED ${elsewhere}/nobody.dll.a NEEDS ${elsewhere}/nobody.dll.a)
hr_program_path(tiny_program_folder ${tiny_folder})

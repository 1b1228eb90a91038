# One module by both compilers and every linker there is, twice (VERSION 1 and 2); and a library for
# each reason not to be a generation.
set(describe_folder ${CMAKE_CURRENT_BINARY_DIR}/describe)
set(describe_sources ${CMAKE_CURRENT_SOURCE_DIR}/describe)
set(describe_libraries "")
set(describe_modules "")
set(describe_entries -fpatchable-function-entry=8,6 -falign-functions=16)
set(describe_flags -g -O0 -fPIC ${describe_entries} -fdata-sections -ftls-model=global-dynamic)
file(GLOB describe_headers CONFIGURE_DEPENDS ${describe_sources}/*.h)

# hr_describe_fixture(<library> COMPILERS <c++> <c> SOURCES ... FLAGS ... LINK ...)
function(hr_describe_fixture name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "COMPILERS;SOURCES;FLAGS;LINK")
  list(GET ARG_COMPILERS 0 cxx)
  list(GET ARG_COMPILERS 1 c)
  file(MAKE_DIRECTORY ${describe_folder}/${name})
  set(objects "")
  foreach(source ${ARG_SOURCES})
    set(object ${describe_folder}/${name}/${source}.o)
    set(driver ${cxx} -std=c++17)
    if(NOT source MATCHES "\\.cpp$")
      set(driver ${c})
    endif()
    add_custom_command(OUTPUT ${object}
      COMMAND ${driver} ${ARG_FLAGS} -c ${describe_sources}/${source} -o ${object}
      DEPENDS ${describe_sources}/${source} ${describe_headers} VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(library ${describe_folder}/${name}.so)
  add_custom_command(OUTPUT ${library}
    COMMAND ${cxx} -shared ${ARG_LINK} -o ${library} ${objects} DEPENDS ${objects} VERBATIM)
  set(describe_libraries ${describe_libraries} ${library} PARENT_SCOPE)
endfunction()

find_program(HRWATCH_TEST_GXX NAMES g++)
find_program(HRWATCH_TEST_GCC NAMES gcc)
find_program(HRWATCH_TEST_CLANGXX NAMES clang++)
find_program(HRWATCH_TEST_CLANG NAMES clang)
set(describe_linkers bfd)
foreach(linker gold lld mold)
  find_program(HRWATCH_TEST_LINKER_${linker} NAMES ld.${linker})
  if(HRWATCH_TEST_LINKER_${linker})
    list(APPEND describe_linkers ${linker})
  endif()
endforeach()
set(describe_gcc ${HRWATCH_TEST_GXX} ${HRWATCH_TEST_GCC})
set(describe_clang ${HRWATCH_TEST_CLANGXX} ${HRWATCH_TEST_CLANG})

foreach(family gcc clang)
  if(NOT HRWATCH_TEST_GXX AND family STREQUAL "gcc" OR
     NOT HRWATCH_TEST_CLANGXX AND family STREQUAL "clang")
    continue()
  endif()
  foreach(linker ${describe_linkers})
    set(link -fuse-ld=${linker} -Wl,--build-id)
    if(linker STREQUAL "lld" AND family STREQUAL "gcc")
      list(APPEND link -Wl,-T,${PROJECT_SOURCE_DIR}/cmake_module/hot_entries.ld)
    elseif(linker STREQUAL "gold" AND family STREQUAL "gcc")
      continue()  # refuses the entry lists of g++
    endif()
    set(extra "")
    if(family STREQUAL "clang")
      set(extra -fstandalone-debug)
    endif()
    foreach(version 1 2)
      hr_describe_fixture(${family}_${linker}_${version} COMPILERS ${describe_${family}}
        SOURCES game.cpp other.cpp plain.c FLAGS ${describe_flags} ${extra} -DVERSION=${version}
        LINK ${link})
    endforeach()
    list(APPEND describe_modules ${family}_${linker})
  endforeach()
endforeach()

# Half of the debug info stands in .dwo files, but for that of one object.
hr_describe_fixture(whole COMPILERS ${describe_gcc} SOURCES thread.cpp FLAGS ${describe_flags}
  LINK -Wl,--build-id)
foreach(version 1 2)
  hr_describe_fixture(split_${version} COMPILERS ${describe_gcc} SOURCES game.cpp other.cpp plain.c
    FLAGS ${describe_flags} -gsplit-dwarf -DVERSION=${version}
    LINK -Wl,--build-id ${describe_folder}/whole/thread.cpp.o)
  add_custom_command(OUTPUT ${describe_folder}/split_${version}.so
    DEPENDS ${describe_folder}/whole/thread.cpp.o APPEND)
endforeach()

# Reasons not to be a generation. Those that need clang or lld are tested where these are.
set(describe_problems stripped no_entries no_debug_info lto initial_exec tls_descriptors no_build_id
  data_in_code text_relocations)
set(describe_usual COMPILERS ${describe_gcc} SOURCES thread.cpp)
hr_describe_fixture(fit ${describe_usual} FLAGS ${describe_flags} LINK -Wl,--build-id)
hr_describe_fixture(stripped ${describe_usual} FLAGS ${describe_flags} LINK -Wl,--build-id -s)
hr_describe_fixture(no_entries ${describe_usual} FLAGS -g -O0 -fPIC LINK -Wl,--build-id)
hr_describe_fixture(no_debug_info ${describe_usual} FLAGS ${describe_flags} -g0
  LINK -Wl,--build-id)
hr_describe_fixture(lto ${describe_usual} FLAGS ${describe_flags} -flto
  LINK -Wl,--build-id -flto ${describe_entries})
hr_describe_fixture(initial_exec ${describe_usual} FLAGS ${describe_flags}
  -ftls-model=initial-exec LINK -Wl,--build-id)
hr_describe_fixture(tls_descriptors ${describe_usual} FLAGS ${describe_flags} -mtls-dialect=gnu2
  LINK -Wl,--build-id)
hr_describe_fixture(no_build_id ${describe_usual} FLAGS ${describe_flags}
  LINK -Wl,--build-id=none)
hr_describe_fixture(data_in_code COMPILERS ${describe_gcc} SOURCES thread.cpp data_in_code.s
  FLAGS ${describe_flags} LINK -Wl,--build-id)
hr_describe_fixture(text_relocations COMPILERS ${describe_gcc}
  SOURCES thread.cpp text_relocation.s FLAGS ${describe_flags} LINK -Wl,--build-id -Wl,-z,notext)
if(HRWATCH_TEST_CLANGXX AND HRWATCH_TEST_LINKER_lld)
  hr_describe_fixture(packed_relocations COMPILERS ${describe_clang} SOURCES game.cpp other.cpp plain.c
    FLAGS ${describe_flags} LINK -fuse-ld=lld -Wl,--build-id -Wl,--pack-dyn-relocs=relr)
  hr_describe_fixture(folded COMPILERS ${describe_clang} SOURCES folded.cpp
    FLAGS ${describe_flags} -ffunction-sections -O1
    LINK -fuse-ld=lld -Wl,--build-id -Wl,--icf=all)
  hr_describe_fixture(clang_lto COMPILERS ${describe_clang} SOURCES game.cpp other.cpp plain.c
    FLAGS ${describe_flags} -flto LINK -fuse-ld=lld -Wl,--build-id -flto)
  list(APPEND describe_problems packed_relocations folded clang_lto)
endif()

add_custom_target(describe_fixtures DEPENDS ${describe_libraries})
hr_test(unit.describe LABELS unit SOURCES describe_test.cpp LIBRARIES hrwatch_analysis)
add_dependencies(test_unit_describe describe_fixtures)
list(JOIN describe_modules ":" describe_modules)
list(JOIN describe_problems ":" describe_problems)
target_compile_definitions(test_unit_describe PRIVATE
  "HR_FIXTURES=\"${describe_folder}\"" "HR_MODULES=\"${describe_modules}\""
  "HR_PROBLEMS=\"${describe_problems}\"" "HR_SOURCES=\"${describe_sources}\"")

hr_test(unit.library_file LABELS unit SOURCES library_file_test.cpp LIBRARIES hrwatch_analysis)
add_dependencies(test_unit_library_file describe_fixtures)
target_compile_definitions(test_unit_library_file PRIVATE
  "HR_FIXTURES=\"${describe_folder}\"" "HR_MODULE=\"gcc_bfd_1\"")
hr_test(unit.read_ahead LABELS unit SOURCES read_ahead_test.cpp LIBRARIES hrwatch_analysis)
add_dependencies(test_unit_read_ahead describe_fixtures)
target_compile_definitions(test_unit_read_ahead PRIVATE
  "HR_FIXTURES=\"${describe_folder}\"" "HR_MODULES=\"${describe_modules}\"")

# How a row is built. CMake knows one compiler a project, so the rows call theirs by themselves.
#
# hr_row(<name> COMPILER g++|clang++ LEVEL -O0 LINKER bfd [SLOW] [COMPILE <flags of module and host>]
#        [MODULE <flags>] [HOST <flags>] [LINK <flags of the module's link>]
#        [HOST_LINK <flags of the host's link>] [ENVIRONMENT VAR=value...]
#        [CANNOT_LINK <what the linker says>])
# A row that CANNOT_LINK passes as long as the linker refuses it in these words.
set(HR_ROW_SOURCES calls.cpp objects.cpp closures.cpp state.cpp tables.cpp threads.cpp startup.cpp
                   late_2.cpp late_3.cpp late_4.cpp plain.c)
set(HR_ROW_CONSTANT_SOURCES north/unit.cpp south/unit.cpp)
set(HR_ROW_TOPICS main report calls_topic objects_topic closures_topic state_topic tables_topic
                  threads_topic startup_topic plain_topic)
set(HR_ROW_VERSIONS 1 2 3 4 5)

include(${CMAKE_CURRENT_LIST_DIR}/../support/lab_builds.cmake)

# Where clang keeps its sanitizers as shared libraries.
set(HR_CLANG_RUNTIME no-clang)
if(HR_LAB_clang++)
  execute_process(COMMAND ${HR_LAB_clang++} -print-file-name=libclang_rt.asan-x86_64.so
                  OUTPUT_VARIABLE HR_CLANG_RUNTIME OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  get_filename_component(HR_CLANG_RUNTIME "${HR_CLANG_RUNTIME}" DIRECTORY)
endif()

# The objects of one set of flags: lists in <set>_<version>, the host's in <set>_host.
function(hr_row_objects set cxx cc module_flags host_flags)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/objects/${set})
  set(source_folder ${CMAKE_CURRENT_SOURCE_DIR}/module)
  foreach(part constant/north constant/south 1 2 3 4 5 host)
    file(MAKE_DIRECTORY ${folder}/${part})
  endforeach()
  set(shared)
  foreach(source ${HR_ROW_CONSTANT_SOURCES})
    hr_lab_compile(${folder}/constant/${source}.o ${cxx} ${source_folder}/${source} -std=c++17
                   ${module_flags})
    list(APPEND shared ${folder}/constant/${source}.o)
  endforeach()
  foreach(version ${HR_ROW_VERSIONS})
    set(objects)
    foreach(source ${HR_ROW_SOURCES})
      set(compiler ${cxx} -std=c++17)
      if(source MATCHES "[.]c$")
        set(compiler ${cc} -std=gnu11)
      endif()
      hr_lab_compile(${folder}/${version}/${source}.o "${compiler}" ${source_folder}/${source}
                     ${module_flags} -DVERSION=${version})
      list(APPEND objects ${folder}/${version}/${source}.o)
    endforeach()
    set(${set}_${version} ${objects} ${shared} PARENT_SCOPE)
  endforeach()
  set(objects)
  foreach(topic ${HR_ROW_TOPICS})
    hr_lab_compile(${folder}/host/${topic}.o ${cxx} ${CMAKE_CURRENT_SOURCE_DIR}/host/${topic}.cpp
                   -std=c++17 -g ${host_flags} -I${source_folder} -I${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND objects ${folder}/host/${topic}.o)
  endforeach()
  set(${set}_host ${objects} PARENT_SCOPE)
endfunction()

# Leaves what the table of results says of a row beside it. A part of hr_row: uses its variables.
macro(hr_row_remember name)
  set_property(GLOBAL APPEND PROPERTY HR_ROW_NAMES ${name})
  string(REPLACE ";" " " of_module "${ROW_COMPILE};${ROW_MODULE}")
  string(REPLACE ";" " " of_host "${ROW_COMPILE};${ROW_HOST};${ROW_HOST_LINK};${ROW_ENVIRONMENT}")
  string(REPLACE "${HR_CLANG_RUNTIME}" "<folder of clang's runtime>" of_host "${of_host}")
  string(REPLACE ";" " " of_link "${ROW_LINK}")
  foreach(part module host link)
    string(REGEX REPLACE " +" " " of_${part} "${of_${part}}")
    string(STRIP "${of_${part}}" of_${part})
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/rows/${name}/row.cmake @ONLY CONTENT
"set(row_linker [[@ROW_LINKER@]])
set(row_module [[@of_module@]])
set(row_host [[@of_host@]])
set(row_link [[@of_link@]])
set(row_cannot_link [[@ROW_CANNOT_LINK@]])
")
endmacro()

function(hr_row name)
  cmake_parse_arguments(PARSE_ARGV 1 ROW "SLOW" "COMPILER;LEVEL;LINKER;CANNOT_LINK"
                        "COMPILE;MODULE;HOST;LINK;HOST_LINK;ENVIRONMENT")
  string(REPLACE "clang++" "clang" c_compiler "${ROW_COMPILER}")
  string(REPLACE "g++" "gcc" c_compiler "${c_compiler}")
  find_program(HR_LINKER_${ROW_LINKER} NAMES ld.${ROW_LINKER} ${ROW_LINKER})
  if(NOT HR_LAB_${ROW_COMPILER} OR NOT HR_LAB_${c_compiler} OR NOT HR_LINKER_${ROW_LINKER})
    message(STATUS "hrwatch tests: no row ${name}: ${ROW_COMPILER} or ${ROW_LINKER} not found")
    return()
  endif()
  set(cxx ${HR_LAB_${ROW_COMPILER}})
  set(cc ${HR_LAB_${c_compiler}})
  set(module_flags ${HR_LAB_MODULE_FLAGS} ${ROW_LEVEL} ${ROW_COMPILE} ${ROW_MODULE})
  if(ROW_COMPILER STREQUAL "clang++")
    list(APPEND module_flags -fstandalone-debug)
  else()
    list(APPEND module_flags ${HR_LAB_GNU_FLAGS})
  endif()
  if(NOT ROW_LEVEL STREQUAL "-O0")
    list(APPEND module_flags -DLATE_APART)
  endif()
  hr_row_remember(${name})
  if(NOT ROW_HOST)
    set(ROW_HOST -fPIE)
  endif()
  if(ROW_COMPILER STREQUAL "g++" AND ROW_LINKER MATCHES "^(lld|bfd)$" AND NOT ROW_CANNOT_LINK)
    list(APPEND ROW_LINK -Wl,-T,${PROJECT_SOURCE_DIR}/cmake_module/hot_entries.ld)
  endif()
  # Rows that differ in the linker alone share their objects.
  string(MD5 set "${cxx} ${module_flags} / ${ROW_LEVEL} ${ROW_COMPILE} ${ROW_HOST}")
  string(SUBSTRING ${set} 0 10 set)
  get_property(known GLOBAL PROPERTY HR_ROW_SET_${set})
  if(NOT known)
    hr_row_objects(${set} ${cxx} ${cc} "${module_flags}" "${ROW_LEVEL};${ROW_COMPILE};${ROW_HOST}")
    foreach(part host ${HR_ROW_VERSIONS})
      set_property(GLOBAL PROPERTY HR_ROW_SET_${set}_${part} ${${set}_${part}})
    endforeach()
    set_property(GLOBAL PROPERTY HR_ROW_SET_${set} TRUE)
  endif()
  if(ROW_CANNOT_LINK)
    hr_row_unlinkable(${name} ${set} ${cxx} ${cc})
  else()
    hr_row_link(${name} ${set} ${cxx} ${cc})
  endif()
endfunction()

# Takes the objects to the linker and expects to be refused. A part of hr_row: uses its variables.
macro(hr_row_unlinkable name set cxx cc)
  get_property(objects GLOBAL PROPERTY HR_ROW_SET_${set}_1)
  add_custom_target(matrix_row_${name} DEPENDS ${objects})
  add_dependencies(matrix_slow matrix_row_${name})
  add_test(NAME matrix.${name}
           COMMAND ${cxx} -shared -fuse-ld=${ROW_LINKER} -o
                   ${CMAKE_CURRENT_BINARY_DIR}/rows/${name}.so ${objects})
  set_tests_properties(matrix.${name} PROPERTIES LABELS slow TIMEOUT 60
                       FIXTURES_REQUIRED matrix_slow PASS_REGULAR_EXPRESSION "${ROW_CANNOT_LINK}")
endmacro()

# Links the versions and the host, and declares the test. A part of hr_row: uses its variables.
macro(hr_row_link name set cxx cc)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/rows/${name})
  set(plan "")
  set(libraries)
  file(MAKE_DIRECTORY ${folder})
  set(presenter ${folder}/CMakeFiles/hrwatch/presenter.o)
  hr_lab_presenter(${presenter} ${cc} plant ${folder} ${module_flags})
  foreach(version ${HR_ROW_VERSIONS})
    file(MAKE_DIRECTORY ${folder}/${version})
    set(library ${folder}/${version}/libplant.so)
    get_property(objects GLOBAL PROPERTY HR_ROW_SET_${set}_${version})
    add_custom_command(
      OUTPUT ${library}
      COMMAND ${cxx} -shared -fuse-ld=${ROW_LINKER} ${ROW_LEVEL} ${ROW_COMPILE} ${ROW_MODULE}
              -Wl,--build-id -Wl,-soname,libplant.so ${ROW_LINK} -o ${library} ${objects}
              ${presenter} $<TARGET_FILE:hrlab>
      DEPENDS ${objects} ${presenter} VERBATIM COMMENT "Matrix: ${name} version ${version}")
    list(APPEND libraries ${library})
    if(version GREATER 1)
      string(REPLACE ";" " " words "${version} ${library} ${objects}")
      string(APPEND plan "${words}\n")
    else()
      string(REPLACE ";" " " words "${version} ${library} ${objects}")
      set(last "${words}\n")
    endif()
  endforeach()
  string(APPEND plan "${last}")
  file(CONFIGURE OUTPUT ${folder}/plan.txt CONTENT "${plan}" @ONLY)
  get_property(objects GLOBAL PROPERTY HR_ROW_SET_${set}_host)
  add_custom_command(
    OUTPUT ${folder}/host
    COMMAND ${cxx} -fuse-ld=${ROW_LINKER} ${ROW_LEVEL} ${ROW_COMPILE} ${ROW_HOST} ${ROW_HOST_LINK} -o
            ${folder}/host ${objects} ${folder}/1/libplant.so $<TARGET_FILE:hrlab>
            -Wl,-rpath,${folder}/1 -Wl,-rpath,$<TARGET_FILE_DIR:hrlab> -lpthread
    DEPENDS ${objects} ${libraries} VERBATIM COMMENT "Matrix: ${name} host")
  if(ROW_SLOW)
    add_custom_target(matrix_row_${name} DEPENDS ${folder}/host)
    add_dependencies(matrix_slow matrix_row_${name})
  else()
    add_custom_target(matrix_row_${name} ALL DEPENDS ${folder}/host)
  endif()
  # The lab must be there before the links, but none is linked anew because the lab is.
  add_dependencies(matrix_row_${name} hrlab)
  add_test(NAME matrix.${name}
           COMMAND ${folder}/host ${name} ${CMAKE_CURRENT_SOURCE_DIR}/limits.txt ${folder}/plan.txt
                   ${folder})
  if(ROW_SLOW)
    set_tests_properties(matrix.${name} PROPERTIES LABELS slow TIMEOUT 240
                         FIXTURES_REQUIRED matrix_slow ENVIRONMENT "${ROW_ENVIRONMENT}")
  else()
    set_tests_properties(matrix.${name} PROPERTIES LABELS integration TIMEOUT 60
                         ENVIRONMENT "${ROW_ENVIRONMENT}")
  endif()
endmacro()

# Two sources of one name, by both compilers, with and without a section for each variable.
set(references_folder ${CMAKE_CURRENT_BINARY_DIR}/object_references)
set(references_libraries "")
set(references_names "")

function(hr_object_references_fixture name compiler)
  set(objects "")
  foreach(unit one two)
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/object_references/${unit}/same_name.cpp)
    set(object ${references_folder}/${name}/${unit}/same_name.cpp.o)
    file(MAKE_DIRECTORY ${references_folder}/${name}/${unit})
    add_custom_command(OUTPUT ${object}
      COMMAND ${compiler} -std=c++17 -g -fPIC ${ARGN} -c ${source} -o ${object}
      DEPENDS ${source} VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(library ${references_folder}/${name}.so)
  add_custom_command(OUTPUT ${library}
    COMMAND ${compiler} -shared -Wl,--build-id -o ${library} ${objects} DEPENDS ${objects} VERBATIM)
  set(references_libraries ${references_libraries} ${library} PARENT_SCOPE)
endfunction()

foreach(compiler g++ clang++)
  find_program(HRWATCH_TEST_REFERENCES_${compiler} NAMES ${compiler})
  if(HRWATCH_TEST_REFERENCES_${compiler})
    set(path ${HRWATCH_TEST_REFERENCES_${compiler}})
    hr_object_references_fixture(${compiler}_O0 ${path} -O0 -fdata-sections)
    hr_object_references_fixture(${compiler}_O2 ${path} -O2 -fno-inline -fdata-sections)
    hr_object_references_fixture(${compiler}_mixed ${path} -O0)
    list(APPEND references_names ${compiler})
  endif()
endforeach()

add_custom_target(object_references_fixtures DEPENDS ${references_libraries})
hr_test(unit.object_references LABELS unit SOURCES object_references_test.cpp
        LIBRARIES hrwatch_analysis)
add_dependencies(test_unit_object_references object_references_fixtures)
list(JOIN references_names ":" references_names)
target_compile_definitions(test_unit_object_references PRIVATE
  "HR_FIXTURES=\"${references_folder}\"" "HR_COMPILERS=\"${references_names}\"")

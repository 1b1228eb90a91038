# One unit with static objects of every kind, by both compilers, as modules are compiled.
set(statements_folder ${CMAKE_CURRENT_BINARY_DIR}/initialiser_statements)
file(MAKE_DIRECTORY ${statements_folder})
set(statements_libraries "")
set(statements_names "")
foreach(compiler g++ clang++)
  find_program(HRWATCH_TEST_STATEMENTS_${compiler} NAMES ${compiler})
  if(NOT HRWATCH_TEST_STATEMENTS_${compiler})
    continue()
  endif()
  foreach(level O0 O2)
    set(library ${statements_folder}/${compiler}_${level}.so)
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/initialiser_statements/unit.cpp)
    add_custom_command(OUTPUT ${library}
      COMMAND ${HRWATCH_TEST_STATEMENTS_${compiler}} -std=c++17 -g -${level} -fPIC -fdata-sections
              -fpatchable-function-entry=8,6 -falign-functions=16 -shared -Wl,--build-id
              ${source} -o ${library}
      DEPENDS ${source} VERBATIM)
    list(APPEND statements_libraries ${library})
  endforeach()
  list(APPEND statements_names ${compiler})
endforeach()

add_custom_target(initialiser_statements_fixtures DEPENDS ${statements_libraries})
hr_test(unit.initialiser_statements LABELS unit SOURCES initialiser_statements_test.cpp
        LIBRARIES hrwatch_analysis ${CMAKE_DL_LIBS})
add_dependencies(test_unit_initialiser_statements initialiser_statements_fixtures)
list(JOIN statements_names ":" statements_names)
target_compile_definitions(test_unit_initialiser_statements PRIVATE
  "HR_FIXTURES=\"${statements_folder}\"" "HR_COMPILERS=\"${statements_names}\"")

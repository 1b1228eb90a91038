# README.md says what each row came to; these tests keep it true.
get_property(names GLOBAL PROPERTY HR_ROW_NAMES)
set(tests ${names})
list(TRANSFORM tests PREPEND matrix.)
string(REPLACE ";" "," names "${names}")

# The first line that a program says of itself with --version.
function(hr_version_line result program)
  execute_process(COMMAND ${program} --version OUTPUT_VARIABLE text ERROR_QUIET)
  string(REGEX REPLACE "\n.*" "" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()
set(versions "")
foreach(program ${HR_LAB_g++} ${HR_LAB_clang++} ${HR_LINKER_bfd} ${HR_LINKER_gold} ${HR_LINKER_lld}
                ${HR_LINKER_mold})
  hr_version_line(version ${program})
  list(APPEND versions "${version}")
endforeach()
string(REPLACE ";" ", " versions "${versions}")

set(table ${CMAKE_COMMAND} -Drows=${CMAKE_CURRENT_BINARY_DIR}/rows -Dnames=${names}
          -Dreadme=${CMAKE_CURRENT_SOURCE_DIR}/README.md "-Dversions=Made with ${versions}.")
add_custom_target(matrix_table
  COMMAND ${table} -Dmode=update -P ${CMAKE_CURRENT_SOURCE_DIR}/table.cmake VERBATIM
  COMMENT "Matrix: tests/matrix/README.md")
# Where a compiler or linker is missing, so are its rows.
if(HR_LAB_g++ AND HR_LAB_clang++ AND HR_LINKER_gold AND HR_LINKER_lld AND HR_LINKER_mold)
  add_test(NAME matrix.table_has_all_rows
           COMMAND ${table} -Dmode=names -P ${CMAKE_CURRENT_SOURCE_DIR}/table.cmake)
  set_tests_properties(matrix.table_has_all_rows PROPERTIES LABELS unit)
  add_test(NAME matrix.table_is_true
           COMMAND ${table} -Dmode=compare -P ${CMAKE_CURRENT_SOURCE_DIR}/table.cmake)
  set_tests_properties(matrix.table_is_true PROPERTIES LABELS slow DEPENDS "${tests}")
endif()

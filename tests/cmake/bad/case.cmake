# bad/<refusal>.cmake is the project, and its comment lines "# says: <regex>" what it must be told.
# Each refusal says what, why and fix.
configure_fails(build -DCMAKE_BUILD_TYPE=Debug -Drefusal=${refusal})
file(STRINGS ${case}/${refusal}.cmake expected REGEX "^# says: ")
if(NOT expected)
  fail("${refusal}.cmake expects nothing")
endif()
foreach(regex IN LISTS expected)
  string(REGEX REPLACE "^# says: " "" regex "${regex}")
  expect(output "${regex}")
endforeach()
expect(output "hrwatch: .* why: .* fix: ")

both_modes(direct "play 42")
foreach(type Debug Release)
  run(${type}/indirect)
  expect(output "play 18")
endforeach()
# Plain static linking exports nothing, and so does ours.
command(nm -D --defined-only ${work}/Release/direct)
expect_not(output "host_value")

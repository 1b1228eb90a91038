# hr_open() and its kin: a library that is loaded, or a table in a program of one file; C and C++.
foreach(language C CXX)
  foreach(type Debug Release)
    set(build ${language}_${type})
    configure(${build} -DCMAKE_BUILD_TYPE=${type} -DLANGUAGE=${language})
    build(${build})
    run(${build}/app)
    expect_equal("${output}" "step 5 program 42 other, 0 1 1 1\nasked -1 1 42 0\n")
  endforeach()
  if(tools)
    continue()  # what follows reads ELF
  endif()
  command(readelf -d ${work}/${language}_Debug/app)
  expect(output "libhr")
  expect_not(output "libplugin")
  command(readelf -d ${work}/${language}_Release/app)
  expect_not(output "libhr|libdl|RUNPATH")
  command(nm ${work}/${language}_Release/linked)
  expect_not(output " hr_|hrwatch")
endforeach()
if(tools)
  return()  # no linker's plugin for the archiver there
endif()
# With the linker's optimiser, and with sections collected, the table stays.
configure(lto -DCMAKE_BUILD_TYPE=Release -DLANGUAGE=CXX -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON
  "-DCMAKE_CXX_FLAGS=-ffunction-sections -fdata-sections" "-DCMAKE_EXE_LINKER_FLAGS=-Wl,--gc-sections")
build(lto)
run(lto/app)
expect_equal("${output}" "step 5 program 42 other, 0 1 1 1\nasked -1 1 42 0\n")

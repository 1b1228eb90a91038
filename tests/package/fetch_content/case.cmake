# The local checkout stands in for the download.
set(checkout -DFETCHCONTENT_SOURCE_DIR_HRWATCH=${repository} -DCMAKE_CXX_COMPILER_LAUNCHER=${launcher})
configure(hot -DCMAKE_BUILD_TYPE=Debug ${checkout})
command(${CMAKE_COMMAND} --build ${work}/hot --target help)
expect(output "hrwatch: ")
# All that a plain build makes of hrwatch is the runtime.
build(hot)
run(hot/app)
expect(output "game 42")
file(GLOB_RECURSE tools ${work}/hot/*hrwatch_cli*.a ${work}/hot/*/hrwatch)
expect_equal("${tools}" "")
module_file(hot game.json language languages 0)
expect_equal(${language} C)
# The runtime is there for libraries that are no modules, where modules are static; it is built for who
# links it only.
configure(static -DCMAKE_BUILD_TYPE=Release -DHRWATCH_RUNTIME=ON ${checkout})
command(${CMAKE_COMMAND} --build ${work}/static --target help)
expect(output "libhr\\.so")
build(static --target app)
run(static/app)
expect(output "game 42")
file(GLOB_RECURSE runtimes ${work}/static/*libhr.so*)
expect_equal("${runtimes}" "")

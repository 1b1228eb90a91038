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

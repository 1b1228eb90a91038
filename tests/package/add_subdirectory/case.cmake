# Static: no library of hrwatch's is looked for, and nothing of it is built or installed.
configure(static -DCMAKE_BUILD_TYPE=Release -DHRWATCH_CHECKOUT=${repository})
build(static)
run(static/app/app)
expect(output "game 42")
command(${CMAKE_COMMAND} --install ${work}/static --prefix ${work}/installed)
string(REPLACE "${work}" "" output "${output}")  # the clone itself may be called hrwatch
expect_not(output "hrwatch")
file(GLOB_RECURSE libraries ${work}/static/*.so)
expect_equal("${libraries}" "")

# Hot: the targets are there under their names; what they are built of, fetch_content builds.
configure(hot -DCMAKE_BUILD_TYPE=Debug -DHRWATCH_CHECKOUT=${repository})
command(${CMAKE_COMMAND} --build ${work}/hot --target help)
expect(output "app: ")
module_file(hot game.json artifact artifact)
expect_equal(${artifact} ${work}/hot/app/libgame.so)
file(READ ${work}/hot/build.ninja rules)
expect(rules "libhr\\.so")

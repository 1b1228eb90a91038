# A module and a program in different folders, with a static library between them.
configure(build -DCMAKE_BUILD_TYPE=Debug)
expect(output "modules are HOT")
build(build)
foreach(file modules/libgame.dll modules/libgame.pdb bin/libgame.dll bin/hr.dll .hrwatch/link/game.rsp)
  if(NOT EXISTS ${work}/build/${file})
    fail("${file} is missing")
  endif()
endforeach()
run(build/bin/app)
expect(output "round 1: 82")
build(build)
expect(output "no work to do")

# Only the module is built anew; the program's copy is another one, too.
file(READ ${source}/game.c text)
string(REPLACE "return 41" "return 42" text "${text}")
file(WRITE ${source}/game.c "${text}")
build(build)
run(build/bin/app)
expect(output "round 1: 84")

file(READ ${work}/build/compile_commands.json commands)
expect(commands "-fpatchable-function-entry=8,6 -falign-functions=16 -ffunction-sections -fdata-sections")
expect(commands "-g -gcodeview -fstandalone-debug")
expect_not(commands "-fno-ipa-ra|-ftls-model")
file(READ ${work}/build/build.ninja rules)
expect(rules "-Wl,--pdb= -Wl,--no-gc-sections -Wl,--icf=none -Wl,--export-all-symbols")
expect_not(rules "-rdynamic|--build-id")
module_file(build game.json artifact artifact)
expect_equal("${artifact}" "${drive}${work}/build/modules/libgame.dll")
module_file(build game.json object objects 0)
expect(object "game\\.c\\.obj$")
module_file(build game.json linker linker)
expect_equal("${linker}" lld)

# What would break reloading.
foreach(refusal "lto=link-time optimisation" "-Wl,--icf=all=folded functions share one address"
        "-fuse-ld=bfd=only lld writes the types" "-s=a stripped library")
  string(REGEX MATCH "^(.*)=([^=]*)$" refusal "${refusal}")
  set(words "${CMAKE_MATCH_2}")
  configure_fails(build -DREFUSED=${CMAKE_MATCH_1})
  expect(output "${words}")
endforeach()

configure_fails(build -DREFUSED= -DHRWATCH_LINKER=default)
expect(output "HRWATCH_LINKER is default why: only lld writes the types")

# Compilers that can't: static, with the reason and a way out.
set(forget "")
foreach(other "COMPILER_ID=GNU|writes no CodeView" "COMPILER_ID=MSVC|the ABI of MSVC is not read"
        "COMPILER_FRONTEND_VARIANT=MSVC|clang-cl builds for the ABI of MSVC"
        "SIMULATE_ID=MSVC|builds for the ABI of MSVC" "COMPILER_VERSION=13.0.1|too old")
  string(REGEX MATCH "^(([A-Z_]+)=.*)\\|(.*)$" other "${other}")
  set(variable ${CMAKE_MATCH_2})
  set(words "${CMAKE_MATCH_3}")
  configure(build -DHRWATCH_LINKER=AUTO ${forget} -DOTHER_${CMAKE_MATCH_1})
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  expect(output "hot modules are built as static libraries why: .*${words}")
  expect(output "fix: build with clang and clang.. for mingw .* configure with -DHRWATCH_MODE=STATIC")
  expect(output "modules are STATIC")
  set(forget -UOTHER_${variable})
endforeach()

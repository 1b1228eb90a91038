# Runs one case: a small project in a folder of its own, copied to `work` and configured, built and run
# there as a user would. cmake -Dcase=<folder> -Dwork=<folder> -Dprefix=<installed hrwatch> -P run_case.cmake
# -Dtools=<file>: with other tools than this machine's, under wine: see tests/windows/real_tools.cmake.in.
#
# The case's case.cmake uses the functions below; the first that fails ends the test.
cmake_minimum_required(VERSION 3.23)

set(source ${work}/source)
set(generator Ninja)
set(cmake ${CMAKE_COMMAND})
set(runner "")     # what runs programs
set(drive "")      # what paths begin with, as programs see them
set(ending "")     # of programs' names
set(compilers "")  # arguments of cmake
if(tools)
  include(${tools})
endif()

function(fail text)
  message(FATAL_ERROR "${text}")
endfunction()

# Configures ${work}/<build> with further arguments; output in ${output}, stops unless it went well.
function(configure build)
  hr_run_command(result ${cmake} -G ${generator} -S ${drive}${source}/${folder} -B ${drive}${work}/${build}
                 ${compilers} -DCMAKE_PREFIX_PATH=${drive}${prefix} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${ARGN})
  if(NOT result EQUAL 0)
    fail("configure ${build} failed:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# Configures and expects it to fail; the text of the error is in ${output}, one space between words.
function(configure_fails build)
  hr_run_command(result ${cmake} -G ${generator} -S ${drive}${source}/${folder} -B ${drive}${work}/${build}
                 ${compilers} -DCMAKE_PREFIX_PATH=${drive}${prefix} ${ARGN})
  if(result EQUAL 0)
    fail("configure ${build} went well, and should not have:\n${output}")
  endif()
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(build build)
  hr_run_command(result ${cmake} --build ${drive}${work}/${build} ${ARGN})
  if(NOT result EQUAL 0)
    fail("build ${build} failed:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# Runs a program of a build folder; what it printed is in ${output}.
function(run program)
  hr_run_command(result ${runner} ${work}/${program}${ending} ${ARGN})
  if(NOT result EQUAL 0)
    fail("${program} ended with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# Any other command; stops unless it went well.
function(command)
  hr_run_command(result ${ARGN})
  if(NOT result EQUAL 0)
    fail("${ARGN} ended with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(hr_run_command result)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(runner)
    string(REPLACE "\r" "" text "${text}")
  endif()
  set(${result} "${status}" PARENT_SCOPE)
  set(output "${text}" PARENT_SCOPE)
endfunction()

# expect(<text> <regex>), expect_not(<text> <regex>): of the text, a variable's name.
function(expect variable regex)
  if(NOT "${${variable}}" MATCHES "${regex}")
    fail("expected /${regex}/ in ${variable}:\n${${variable}}")
  endif()
endfunction()

function(expect_not variable regex)
  if("${${variable}}" MATCHES "${regex}")
    fail("did not expect /${regex}/ in ${variable}:\n${${variable}}")
  endif()
endfunction()

function(expect_equal value expected)
  if(NOT "${value}" STREQUAL "${expected}")
    fail("expected '${expected}', got '${value}'")
  endif()
endfunction()

# The compile command of the source whose path ends with <suffix>, for object paths with <target>.
function(compile_command build target suffix result)
  file(READ ${work}/${build}/compile_commands.json commands)
  string(REGEX MATCHALL "\"command\": [^\n]*" commands "${commands}")
  set(found "")
  foreach(line IN LISTS commands)
    if(line MATCHES "/${target}\\.dir/" AND line MATCHES "${suffix}\",?$")
      set(found "${line}")
    endif()
  endforeach()
  if(NOT found)
    fail("no compile command for ${suffix} of ${target} in ${build}")
  endif()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

# A member of the file by which the tool knows a module.
function(module_file build file result)
  file(READ ${work}/${build}/.hrwatch/modules/${file} json)
  string(JSON value GET "${json}" ${ARGN})
  set(${result} "${value}" PARENT_SCOPE)
endfunction()

# The usual case: hot and static, built and run with the same outcome.
function(both_modes program regex)
  foreach(type Debug Release)
    configure(${type} -DCMAKE_BUILD_TYPE=${type} ${ARGN})
    build(${type})
    run(${type}/${program})
    expect(output "${regex}")
  endforeach()
endfunction()

file(REMOVE_RECURSE ${work})
file(COPY ${case}/ DESTINATION ${source})
# An ordinary project; cases that hold several say which with set(folder ...).
set(folder "")
include(${case}/case.cmake)

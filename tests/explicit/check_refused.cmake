# cmake -Dcompiler=... -Dsource=... -Dflags=... -P check_refused.cmake: the source must not compile, and
# the compiler must say what stands behind "says: " in its first line. Without the line that is wrong it
# would compile: the headers themselves are good (hr_api_hot, hr_api_static).
file(STRINGS ${source} words REGEX "says: " LIMIT_COUNT 1)
string(REGEX REPLACE "^.*says: | \\*/$" "" words "${words}")
separate_arguments(flags UNIX_COMMAND "${flags}")
foreach(mode -DHRWATCH_HOT=1 -DNOTHING)
  execute_process(COMMAND ${compiler} ${flags} ${mode} -fsyntax-only ${source}
                  RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  string(REGEX REPLACE "[ \n]+" " " text "${text}")
  if(result EQUAL 0)
    message(FATAL_ERROR "${source} was compiled (${mode})")
  endif()
  if(NOT text MATCHES "${words}")
    message(FATAL_ERROR "expected /${words}/ (${mode}), got:\n${text}")
  endif()
endforeach()

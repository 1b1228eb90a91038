# The rows of the slow suite; built when the slow tests are run.
add_custom_target(matrix_slow)
add_test(NAME matrix.build_slow_rows
         COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target matrix_slow)
set_tests_properties(matrix.build_slow_rows PROPERTIES LABELS slow TIMEOUT 1500
                     FIXTURES_SETUP matrix_slow RESOURCE_LOCK build_folder)

# slow(<compiler>-<level>-<name> [LINKER bfd] further arguments of hr_row...)
function(slow_row name)
  string(REGEX MATCH "^(g\\+\\+|clang\\+\\+)-(O[0-9gs])-" ignored ${name})
  set(compiler ${CMAKE_MATCH_1})
  set(level -${CMAKE_MATCH_2})
  cmake_parse_arguments(PARSE_ARGV 1 SLOW "" "LINKER" "")
  if(NOT SLOW_LINKER)
    set(SLOW_LINKER bfd)
  endif()
  hr_row(${name} SLOW COMPILER ${compiler} LEVEL ${level} LINKER ${SLOW_LINKER}
         ${SLOW_UNPARSED_ARGUMENTS})
endfunction()

# --- linkers and levels; -O0 and -Og with bfd and lld are in the normal suite

# g++ 12 hangs the entries of all functions of a unit on the first of them. When that is an inline
# function that another unit has too, gold refuses to link, and lld without hot_entries.ld.
slow_row(g++-O0-gold LINKER gold CANNOT_LINK "defined in a discarded section")
slow_row(g++-O0-lld-alone LINKER lld CANNOT_LINK "refers to a discarded section")
slow_row(g++-O0-mold LINKER mold)
slow_row(g++-Og-mold LINKER mold)
foreach(level O1 O2)
  foreach(linker bfd lld mold)
    slow_row(g++-${level}-${linker} LINKER ${linker})
  endforeach()
  slow_row(clang++-${level}-bfd)
  slow_row(clang++-${level}-lld LINKER lld)
endforeach()
foreach(level O0 Og O1 O2)
  slow_row(clang++-${level}-gold LINKER gold)
  slow_row(clang++-${level}-mold LINKER mold)
endforeach()

# --- what both compilers are asked for

foreach(compiler g++ clang++)
  slow_row(${compiler}-O0-cet COMPILE -fcf-protection=full)
  slow_row(${compiler}-O2-cet LINKER lld COMPILE -fcf-protection=full)
  slow_row(${compiler}-O0-no-pie HOST -fno-pie -no-pie)
  # -Wl,-z,nocopyreloc would undo it; the host checks that its own copy of the variable is the one in use.
  slow_row(${compiler}-O0-copy-relocations HOST -fno-pie -no-pie ENVIRONMENT HR_ROW_EXPECTS_COPY=1)
  slow_row(${compiler}-O0-copy-relocations-lld LINKER lld HOST -fno-pie -no-pie
           ENVIRONMENT HR_ROW_EXPECTS_COPY=1)
  slow_row(${compiler}-O0-relro-now LINK -Wl,-z,relro,-z,now)
  slow_row(${compiler}-O0-relro-now-lld LINKER lld LINK -Wl,-z,relro,-z,now)
  slow_row(${compiler}-O0-norelro-lazy LINK -Wl,-z,norelro,-z,lazy)
  slow_row(${compiler}-O0-dwarf4 MODULE -gdwarf-4)
  slow_row(${compiler}-O0-gsplit-dwarf MODULE -gsplit-dwarf)
  slow_row(${compiler}-O0-gsplit-dwarf-4 LINKER lld MODULE -gsplit-dwarf -gdwarf-4)
  slow_row(${compiler}-O0-coverage COMPILE --coverage MODULE -DLATE_APART)
  slow_row(${compiler}-O0-pic-host HOST -fPIC)
  slow_row(${compiler}-O0-gc-sections MODULE -ffunction-sections LINK -Wl,--gc-sections)
  slow_row(${compiler}-O0-visibility-hidden LINKER mold MODULE -fvisibility-inlines-hidden)
  slow_row(${compiler}-O0-no-plt LINKER mold MODULE -fno-plt)
endforeach()

# --- flags that people and distributions build with

foreach(compiler g++ clang++)
  slow_row(${compiler}-O3-lld LINKER lld)
  slow_row(${compiler}-O2-hardened LINKER bfd
           COMPILE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
                   -fcf-protection -D_GLIBCXX_ASSERTIONS
           LINK -Wl,-z,relro,-z,now)
  slow_row(${compiler}-O0-g3 MODULE -g3)
  slow_row(${compiler}-O0-compressed-debug MODULE -gz LINK -Wl,--compress-debug-sections=zlib)
  slow_row(${compiler}-O0-glibcxx-debug COMPILE -D_GLIBCXX_DEBUG)
  slow_row(${compiler}-O0-gdb-index LINKER lld MODULE -ggnu-pubnames LINK -Wl,--gdb-index)
endforeach()

# --- of one compiler or one linker

# By g++ these two are refused (tests/refusal, tests/cmake/bad).
slow_row(clang++-Os-lld LINKER lld)
slow_row(clang++-O0-type-units MODULE -fdebug-types-section)
slow_row(g++-O0-instrument-functions LINKER lld COMPILE -finstrument-functions MODULE -DLATE_APART)

slow_row(clang++-O0-profile COMPILE -fprofile-instr-generate -fcoverage-mapping MODULE -DLATE_APART)
slow_row(g++-O0-bsymbolic-functions HOST -fPIC LINK -Wl,-Bsymbolic-functions)
slow_row(g++-O0-bsymbolic HOST -fPIC LINK -Wl,-Bsymbolic)
slow_row(g++-O0-sysv-hash LINK -Wl,--hash-style=sysv)
slow_row(g++-O2-live-patching MODULE -flive-patching=inline-clone)
slow_row(g++-O0-no-gnu-unique LINKER mold MODULE -fno-gnu-unique)

# --- sanitizers. Their initialisers can't be told apart: new objects come in files of their own. The
# host keeps objects alive until it ends, on purpose.

slow_row(g++-O0-ubsan COMPILE -fsanitize=undefined)
# As add_hot_module() does: -fsanitize=function would put data in front of the code of each function.
slow_row(clang++-O0-ubsan COMPILE -fsanitize=undefined MODULE -fno-sanitize=function)
slow_row(g++-O0-asan COMPILE -fsanitize=address MODULE -DLATE_APART ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
slow_row(g++-O0-asan-lld LINKER lld COMPILE -fsanitize=address MODULE -DLATE_APART
         ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
slow_row(g++-O0-asan-ubsan COMPILE -fsanitize=address,undefined MODULE -DLATE_APART
         ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
slow_row(clang++-O0-asan COMPILE -fsanitize=address MODULE -DLATE_APART HOST_LINK -rdynamic
         ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
slow_row(clang++-O0-asan-shared COMPILE -fsanitize=address -shared-libasan MODULE -DLATE_APART
         HOST_LINK -Wl,-rpath,${HR_CLANG_RUNTIME} ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
slow_row(g++-O0-tsan COMPILE -fsanitize=thread MODULE -DLATE_APART)
slow_row(clang++-O0-tsan COMPILE -fsanitize=thread MODULE -DLATE_APART HOST_LINK -rdynamic)

# The rows of the slow suite; built when the slow tests are run.
add_custom_target(matrix_slow)
add_test(NAME matrix.build_slow_rows
         COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target matrix_slow)
set_tests_properties(matrix.build_slow_rows PROPERTIES LABELS slow TIMEOUT 1500
                     FIXTURES_SETUP matrix_slow RESOURCE_LOCK build_folder)

# g++ 12 hangs the entries of all functions of a unit on the first of them. When that is an inline
# function that another unit has too, gold refuses to link, and lld without hot_entries.ld.
hr_row(g++-O0-lld-alone COMPILER g++ LEVEL -O0 LINKER lld
       CANNOT_LINK "refers to a discarded section")
hr_row(g++-O0-gold COMPILER g++ LEVEL -O0 LINKER gold CANNOT_LINK "defined in a discarded section")
hr_row(g++-O0-mold SLOW COMPILER g++ LEVEL -O0 LINKER mold)
hr_row(g++-O2-lld SLOW COMPILER g++ LEVEL -O2 LINKER lld)
hr_row(clang++-O0-gold SLOW COMPILER clang++ LEVEL -O0 LINKER gold)
hr_row(clang++-O0-mold SLOW COMPILER clang++ LEVEL -O0 LINKER mold)
hr_row(g++-O2-mold SLOW COMPILER g++ LEVEL -O2 LINKER mold)
foreach(linker gold lld mold)
  hr_row(clang++-O2-${linker} SLOW COMPILER clang++ LEVEL -O2 LINKER ${linker})
endforeach()

foreach(compiler g++ clang++)
  foreach(level O1 O2)
    hr_row(${compiler}-${level}-bfd SLOW COMPILER ${compiler} LEVEL -${level} LINKER bfd)
  endforeach()
  hr_row(${compiler}-O0-cet SLOW COMPILER ${compiler} LEVEL -O0 LINKER bfd
         COMPILE -fcf-protection=full)
  hr_row(${compiler}-O0-no-pie SLOW COMPILER ${compiler} LEVEL -O0 LINKER bfd HOST -fno-pie -no-pie)
  hr_row(${compiler}-O0-dwarf4 SLOW COMPILER ${compiler} LEVEL -O0 LINKER bfd MODULE -gdwarf-4)
  hr_row(${compiler}-O0-gsplit-dwarf SLOW COMPILER ${compiler} LEVEL -O0 LINKER bfd
         MODULE -gsplit-dwarf)
endforeach()

hr_row(g++-O0-ubsan SLOW COMPILER g++ LEVEL -O0 LINKER bfd COMPILE -fsanitize=undefined)
# -fsanitize=function puts data in front of the code of each function, which is refused.
hr_row(clang++-O0-ubsan SLOW COMPILER clang++ LEVEL -O0 LINKER bfd
       COMPILE -fsanitize=undefined -fno-sanitize=function)
hr_row(g++-O0-pic-host SLOW COMPILER g++ LEVEL -O0 LINKER bfd HOST -fPIC)
hr_row(g++-O0-bsymbolic-functions SLOW COMPILER g++ LEVEL -O0 LINKER bfd HOST -fPIC
       LINK -Wl,-Bsymbolic-functions)
hr_row(g++-O0-bsymbolic SLOW COMPILER g++ LEVEL -O0 LINKER bfd HOST -fPIC LINK -Wl,-Bsymbolic)
hr_row(g++-O0-relro-now SLOW COMPILER g++ LEVEL -O0 LINKER bfd LINK -Wl,-z,relro,-z,now)
hr_row(g++-O0-norelro-lazy SLOW COMPILER g++ LEVEL -O0 LINKER bfd LINK -Wl,-z,norelro,-z,lazy)
hr_row(g++-O0-sysv-hash SLOW COMPILER g++ LEVEL -O0 LINKER bfd LINK -Wl,--hash-style=sysv)
hr_row(g++-O0-gc-sections SLOW COMPILER g++ LEVEL -O0 LINKER bfd MODULE -ffunction-sections
       LINK -Wl,--gc-sections)
hr_row(g++-O0-coverage SLOW COMPILER g++ LEVEL -O0 LINKER bfd COMPILE --coverage MODULE -DLATE_APART)
hr_row(g++-O2-live-patching SLOW COMPILER g++ LEVEL -O2 LINKER bfd
       MODULE -flive-patching=inline-clone)
hr_row(g++-O0-visibility-hidden SLOW COMPILER g++ LEVEL -O0 LINKER mold
       MODULE -fvisibility-inlines-hidden)
hr_row(g++-O0-no-gnu-unique SLOW COMPILER g++ LEVEL -O0 LINKER mold MODULE -fno-gnu-unique)
hr_row(g++-O0-no-plt SLOW COMPILER g++ LEVEL -O0 LINKER mold MODULE -fno-plt)
# Instrumented initialisers can't be told apart: new objects come in files of their own.
# The host keeps objects alive until it ends, on purpose.
hr_row(g++-O0-asan SLOW COMPILER g++ LEVEL -O0 LINKER bfd COMPILE -fsanitize=address
       MODULE -DLATE_APART ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
hr_row(g++-O0-tsan SLOW COMPILER g++ LEVEL -O0 LINKER bfd COMPILE -fsanitize=thread
       MODULE -DLATE_APART)
execute_process(COMMAND ${HR_LAB_clang++} -print-file-name=libclang_rt.asan-x86_64.so
                OUTPUT_VARIABLE hr_clang_asan OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
get_filename_component(hr_clang_asan "${hr_clang_asan}" DIRECTORY)
hr_row(clang++-O0-asan SLOW COMPILER clang++ LEVEL -O0 LINKER bfd
       COMPILE -fsanitize=address -shared-libasan MODULE -DLATE_APART HOST_LINK -Wl,-rpath,${hr_clang_asan}
       ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)

# Every function has an entry of one 2-byte NOP once it is loaded, with each compiler and linker, also
# where g++ lists the functions of a source behind an inline function that another source has too.
find_program(clang clang++)
foreach(compiler c++ ${clang})
  foreach(linker bfd lld mold lld_endbr64)
    set(flags "")
    if(linker MATCHES endbr64)
      set(flags -fcf-protection=full)
    endif()
    string(REGEX REPLACE "_.*" "" name ${linker})
    get_filename_component(build ${compiler}_${linker} NAME)
    configure(${build} -DCMAKE_BUILD_TYPE=Debug -DHRWATCH_LINKER=${name} -DCMAKE_CXX_COMPILER=${compiler}
              -DCMAKE_CXX_FLAGS=${flags})
    build(${build})
    run(${build}/app)
    expect(output "one 6690\ntwo 6690\nshared 6690\nhidden 6690\n")
  endforeach()
endforeach()

# The rows of the normal suite.
foreach(compiler g++ clang++)
  foreach(level O0 Og)
    foreach(linker bfd lld)
      hr_row(${compiler}-${level}-${linker} COMPILER ${compiler} LEVEL -${level} LINKER ${linker})
    endforeach()
  endforeach()
endforeach()

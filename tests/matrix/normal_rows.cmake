# The rows of the normal suite. g++ 12 hangs the entries of all functions of a unit on the first of them;
# when that is an inline function that another unit has too, lld and gold refuse to link (slow_rows.cmake
# keeps watching that). So mold stands for them here.
foreach(level O0 Og)
  foreach(linker bfd mold)
    hr_row(g++-${level}-${linker} COMPILER g++ LEVEL -${level} LINKER ${linker})
  endforeach()
  foreach(linker bfd lld)
    hr_row(clang++-${level}-${linker} COMPILER clang++ LEVEL -${level} LINKER ${linker})
  endforeach()
endforeach()

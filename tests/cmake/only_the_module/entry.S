.globl in_assembly
.type in_assembly, @function
in_assembly:
  movl $4, %eax
  ret
.size in_assembly, .-in_assembly
.section .note.GNU-stack,"",@progbits

# A function with bytes in it that are no instructions in 64-bit mode, between two references.
        .text
        .globl  table_in_code
        .type   table_in_code, @function
table_in_code:
        leaq    asm_variable(%rip), %rax
        ret
        .byte   0x06, 0x07, 0x0e, 0x16
        leaq    asm_variable(%rip), %rax
        ret
        .size   table_in_code, .-table_in_code
        .data
        .type   asm_variable, @object
asm_variable:
        .quad   1
        .size   asm_variable, 8
        .section .note.GNU-stack,"",@progbits

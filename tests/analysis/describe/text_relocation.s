# An address in the code itself.
        .text
        .globl  relocated_code
        .type   relocated_code, @function
relocated_code:
        movabsq $text_variable, %rax
        ret
        .size   relocated_code, .-relocated_code
        .data
        .type   text_variable, @object
text_variable:
        .quad   1
        .size   text_variable, 8
        .section .note.GNU-stack,"",@progbits

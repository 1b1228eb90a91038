# says: game is built with -mtls-dialect=gnu2
add_compile_options(-mtls-dialect=gnu2)
add_hot_module(game game.c)

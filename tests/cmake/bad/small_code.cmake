# says: game is built with -Os
# says: does not align functions
# says: take -O2 or -Og
add_hot_module(game game.c)
target_compile_options(game PRIVATE -O1 -Os)

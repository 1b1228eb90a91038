# says: game is built with -fdebug-types-section
add_hot_module(game game.c)
target_compile_options(game PRIVATE -fdebug-types-section)

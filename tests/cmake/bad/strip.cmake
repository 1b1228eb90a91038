# says: game is built with -s why: a stripped library names no function
add_hot_module(game game.c)
target_link_options(game PRIVATE -s)

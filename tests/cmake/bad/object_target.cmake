# says: game is of kind OBJECT
# says: the SHARED or MODULE library that is made of these objects
add_library(game OBJECT game.c)
target_hot_reload(game)

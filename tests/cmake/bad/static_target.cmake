# says: game is of kind STATIC
# says: declare it with add_hot_module\(game
add_library(game STATIC game.c)
target_hot_reload(game)

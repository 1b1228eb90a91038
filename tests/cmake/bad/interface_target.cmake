# says: game is of kind INTERFACE
# says: the library that has the sources
add_library(game INTERFACE)
target_hot_reload(game)

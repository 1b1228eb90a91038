# says: the library is imported
add_library(game SHARED IMPORTED)
target_hot_reload(game)

# says: takes one target
add_library(one SHARED game.c)
add_library(two SHARED game.c)
target_hot_reload(one two)

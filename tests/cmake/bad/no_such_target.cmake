# says: target_hot_reload\(gaem\): there is no target of that name here
target_hot_reload(gaem)
add_library(game SHARED game.c)

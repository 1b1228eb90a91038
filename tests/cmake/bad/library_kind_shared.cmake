# says: or keep add_library\(game SHARED ...\) and add target_hot_reload\(game\) below it
add_hot_module(game SHARED game.c)

# says: game is built with -Wl,--icf=all
# says: folded functions share one address
add_hot_module(game game.c)
target_link_options(game PRIVATE -Wl,--icf=all)

# says: a library without a build-id
add_hot_module(game game.c)
target_link_options(game PRIVATE -Wl,--build-id=none)

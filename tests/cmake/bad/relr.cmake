# says: packed \(RELR\) relocations
add_hot_module(game game.c)
target_link_options(game PRIVATE LINKER:-z,pack-relative-relocs)

# says: the kind of a hot module follows HRWATCH_MODE
# says: fix: write add_hot_module\(game <source>...\) without STATIC
add_hot_module(game STATIC game.c)

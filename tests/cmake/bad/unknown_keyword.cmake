# says: add_hot_module\(game\): unknown keyword EXLUDE_FROM_ALL
# says: did you mean EXCLUDE_FROM_ALL\?
add_hot_module(game EXLUDE_FROM_ALL game.c)

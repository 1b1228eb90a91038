# says: game.c is not the name of a symbol
# says: write the sources before EXPORTS
add_hot_module(game EXPORTS step game.c)

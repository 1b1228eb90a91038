# says: HRWATCH_MODE is ''
# says: configure with -DHRWATCH_MODE=<one of AUTO, HOT, STATIC>
set(HRWATCH_MODE "")
add_hot_module(game game.c)

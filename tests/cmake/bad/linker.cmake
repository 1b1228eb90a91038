# says: HRWATCH_LINKER is 'ldd'
# says: did you mean -DHRWATCH_LINKER=lld\?
set(HRWATCH_LINKER ldd)
add_hot_module(game game.c)

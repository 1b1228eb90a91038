# says: HRWATCH_MODE is 'HTO'
# says: did you mean -DHRWATCH_MODE=HOT\?
set(HRWATCH_MODE HTO)
add_hot_module(game game.c)

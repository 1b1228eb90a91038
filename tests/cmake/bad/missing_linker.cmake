# says: HRWATCH_LINKER is mold, and the compiler can't link with it
set(HRWATCH_LINKS_WITH_mold OFF CACHE INTERNAL "as if it were not installed")
set(HRWATCH_LINKER mold)
add_hot_module(game game.c)

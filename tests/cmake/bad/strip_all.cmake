# says: game is built with -Wl,--gc-sections,--strip-all
set(CMAKE_SHARED_LINKER_FLAGS "-Wl,--as-needed -Wl,--gc-sections,--strip-all")
add_hot_module(game game.c)

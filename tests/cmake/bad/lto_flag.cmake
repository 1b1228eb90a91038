# says: link-time optimisation \(-flto=auto\)
# says: take -flto=auto out of the flags
set(CMAKE_C_FLAGS_DEBUG "-g -flto=auto")
add_hot_module(game game.c)

# says: link-time optimisation \(INTERPROCEDURAL_OPTIMIZATION_DEBUG\)
set(CMAKE_INTERPROCEDURAL_OPTIMIZATION_DEBUG ON)
add_hot_module(game game.c)

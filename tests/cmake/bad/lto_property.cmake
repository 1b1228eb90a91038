# says: link-time optimisation \(INTERPROCEDURAL_OPTIMIZATION\)
# says: set_target_properties\(game PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF\)
add_hot_module(game game.c)
set_target_properties(game PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON)

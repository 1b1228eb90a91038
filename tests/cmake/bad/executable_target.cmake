# says: app is of kind EXECUTABLE
# says: move the code to be reloaded into add_hot_module
add_executable(app game.c)
target_hot_reload(app)

# says: target_open_hot_modules\(app\) names no module
add_executable(app game.c)
target_open_hot_modules(app)

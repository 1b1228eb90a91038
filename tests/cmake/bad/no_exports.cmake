# says: target_open_hot_modules\(app game\): game has no EXPORTS
# says: add_hot_module\(game <source>... EXPORTS <symbol>...\)
add_hot_module(game game.c)
add_executable(app game.c)
target_open_hot_modules(app game)

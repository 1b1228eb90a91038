# says: unknown keyword SOURCES
# says: fix: write add_hot_module\(<name> \[EXCLUDE_FROM_ALL\] \[MIGRATE_GLOBALS\] <source>... \[EXPORTS <symbol>...\]\)
add_hot_module(game SOURCES game.c)

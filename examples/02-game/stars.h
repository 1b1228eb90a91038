// The stars behind: moved by a thread of its own, which runs module code while the module is
// reloaded.
#pragma once

#include "game.h"

void stars_start();
void stars_draw(SDL_Renderer* renderer);
void stars_stop();

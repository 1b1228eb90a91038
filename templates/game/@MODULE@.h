// What the host calls in the hot module.
#pragma once

#include <SDL.h>

constexpr int field_width = 640;
constexpr int field_height = 400;

void draw_frame(SDL_Renderer* renderer, float seconds);

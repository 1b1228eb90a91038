// What the host (main.cpp) and the hot module (the other sources) call in each other.
#pragma once

#include <SDL.h>

constexpr int field_width = 800;
constexpr int field_height = 500;

// In the module.
void game_start();
void game_frame(SDL_Renderer* renderer, float seconds);
void game_stop();

// In the host: the module gives it callbacks, and it keeps them as long as it runs.
using KeyHandler = void (*)(bool down);
void on_key(SDL_Keycode key, KeyHandler handler);

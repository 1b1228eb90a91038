// The host: the window and the loop. It is never reloaded.
#include <SDL.h>

#include <cstdio>
#include <cstdlib>
#include <hr/hr.hpp>

#include "@MODULE@.h"

// @NAME@ [FRAMES]: so many frames, or until the window is closed.
int main(int argc, char** argv) {
  const int frames = argc > 1 ? std::atoi(argv[1]) : -1;
  if (SDL_Init(SDL_INIT_VIDEO) != 0) {
    std::fprintf(stderr, "no video: %s\n", SDL_GetError());
    return EXIT_FAILURE;
  }
  SDL_Window* window = SDL_CreateWindow("@NAME@", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                                        field_width, field_height, 0);
  SDL_Renderer* renderer = SDL_CreateRenderer(window, -1, 0);
  int frame = 0;
  for (bool open = true; open && frame != frames; ++frame) {
    SDL_Event event;
    while (SDL_PollEvent(&event))
      open = open && event.type != SDL_QUIT;
    hr::poll();  // new code goes live here
    // A crash in there is reported, and the code before it runs again.
    hr::guard([&] { draw_frame(renderer, 1.0F / 60); });
    SDL_RenderPresent(renderer);
    SDL_Delay(16);
  }
  std::printf("%d frames\n", frame);
  SDL_DestroyRenderer(renderer);
  SDL_DestroyWindow(window);
  SDL_Quit();
  return EXIT_SUCCESS;
}

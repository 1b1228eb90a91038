// The host: the window, the loop, and the keys. It is never reloaded, and its loop never returns.
#include <cstdlib>
#include <cstring>
#include <hr/hr.hpp>
#include <map>

#include "game.h"

namespace {

std::map<SDL_Keycode, KeyHandler> key_handlers;

struct Options {
  int frames = 0;  // 0: until the window is closed
  const char* screenshot = nullptr;
};

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--frames") == 0)
      options.frames = std::atoi(argv[i + 1]);
    else if (std::strcmp(argv[i], "--screenshot") == 0)
      options.screenshot = argv[i + 1];
  }
  return options;
}

bool handle_events() {
  SDL_Event event;
  while (SDL_PollEvent(&event)) {
    if (event.type == SDL_QUIT)
      return false;
    if (event.type == SDL_KEYDOWN || event.type == SDL_KEYUP) {
      const auto handler = key_handlers.find(event.key.keysym.sym);
      if (handler != key_handlers.end() && event.key.repeat == 0)
        handler->second(event.type == SDL_KEYDOWN);
    }
  }
  return true;
}

// A relaunched game comes back where it was.
struct Place {
  int x = SDL_WINDOWPOS_CENTERED, y = SDL_WINDOWPOS_CENTERED;
};

Place carried_place() {
  Place place;
  hr_restore(
      "window",
      [](const void* bytes, uint64_t size, void* user) {
        if (size == sizeof(Place))
          std::memcpy(user, bytes, sizeof(Place));
      },
      &place);
  return place;
}

void save_place(hr_saved* out, void* window) {
  Place place;
  SDL_GetWindowPosition(static_cast<SDL_Window*>(window), &place.x, &place.y);
  hr_save_bytes(out, &place, sizeof place);
}

void save_screenshot(SDL_Renderer* renderer, const char* path) {
  SDL_Surface* image =
      SDL_CreateRGBSurfaceWithFormat(0, field_width, field_height, 24, SDL_PIXELFORMAT_RGB24);
  SDL_RenderReadPixels(renderer, nullptr, SDL_PIXELFORMAT_RGB24, image->pixels, image->pitch);
  SDL_SaveBMP(image, path);
  SDL_FreeSurface(image);
}

void run(SDL_Renderer* renderer, const Options& options) {
  const float frame_seconds = 1.0F / 60;
  for (int frame = 1; handle_events(); ++frame) {
    SDL_SetRenderDrawColor(renderer, 12, 12, 24, 255);
    SDL_RenderClear(renderer);
    hr::poll();  // new code goes live here, where no code of the module is at work
    // A crash in there is reported, and the code before it runs again.
    hr::guard([&] { game_frame(renderer, frame_seconds); });
    if (frame == options.frames && options.screenshot)
      save_screenshot(renderer, options.screenshot);
    SDL_RenderPresent(renderer);
    if (frame == options.frames)
      return;
    SDL_Delay(16);
  }
}

}  // namespace

void on_key(SDL_Keycode key, KeyHandler handler) {
  key_handlers[key] = handler;
}

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  if (SDL_Init(SDL_INIT_VIDEO) != 0) {
    SDL_Log("no video: %s", SDL_GetError());
    return EXIT_FAILURE;
  }
  const Place place = carried_place();
  SDL_Window* window = SDL_CreateWindow("rocks", place.x, place.y, field_width, field_height, 0);
  hr_save("window", save_place, window);
  SDL_Renderer* renderer = SDL_CreateRenderer(window, -1, 0);
  game_start();
  run(renderer, options);
  game_stop();
  SDL_DestroyRenderer(renderer);
  SDL_DestroyWindow(window);
  SDL_Quit();
  return EXIT_SUCCESS;
}

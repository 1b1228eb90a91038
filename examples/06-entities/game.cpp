// The game: plays a pond. When this program itself is built anew, `hrwatch --run` starts it again,
// and the pond goes along as a blob.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <hr/hr.hpp>
#include <sstream>
#include <thread>

#include "pond.h"

static void save(hr_saved* out, void* entities) {
  const std::string blob = to_blob(*static_cast<Entities*>(entities));
  hr_save_bytes(out, blob.data(), blob.size());
}

static void restore(const void* blob, uint64_t size, void* entities) {
  *static_cast<Entities*>(entities) = from_blob({static_cast<const char*>(blob), size});
}

// pond_game [--no-hot-reload] FILE [TICKS]
int main(int argc, char** argv) {
  argc = hr::args(argc, argv);
  std::stringstream file;
  file << std::ifstream(argc > 1 ? argv[1] : "pond.txt").rdbuf();
  Entities entities = from_blob(file.str());
  hr_restore("pond", restore, &entities);
  hr_save("pond", save, &entities);

  for (int ticks = argc > 2 ? std::atoi(argv[2]) : -1; ticks != 0; --ticks) {
    hr::poll();  // new code goes live here, and objects get their new fields
    std::printf("%s\n", picture(entities).c_str());
    std::fflush(stdout);
    for (const auto& entity : entities)
      entity->update();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
}

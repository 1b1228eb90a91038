// Which addresses are code of hot modules, for a signal handler: a list that only grows and takes
// no lock. Knows no module beyond its name and what it runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "src/loaded_image.h"

namespace hr::runtime {

// What a signal handler may ask of a module; never freed.
struct HotCode {
  explicit HotCode(std::string its_name, std::string its_build_dir)
      : name(std::move(its_name)), build_dir(std::move(its_build_dir)) {}

  const std::string name;
  const std::string build_dir;
  std::atomic<std::uint32_t> running{0};  // generation
  std::atomic<bool> gone{false};          // unloaded: its addresses may be anybody's
};

struct CodeRange {
  Pointer begin = 0;
  Pointer end = 0;
  std::uint32_t generation = 0;
  const HotCode* owner = nullptr;
  CodeRange* next = nullptr;
  std::atomic<bool> withdrawn{false};
};

// Adds the executable parts of a generation. Without memory for it they stay unknown. Thread: any.
void add_code(const HotCode& owner, std::uint32_t generation, const LoadedImage& image);

// The generation was taken back: calls do not reach it any more. Thread: any.
void withdraw_code(const HotCode& owner, std::uint32_t generation);

// The range that `address` is in, nullptr for other code. Thread: any, in a signal handler too.
const CodeRange* find_code(Pointer address);

}  // namespace hr::runtime

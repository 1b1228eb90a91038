// What is mapped in a running program, with symbols and lines: addresses to places in the source.
// Knows no stack.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/event.h"

namespace hrwatch::stacks {

// A file that a generation of a hot module is mapped from.
struct GenerationFile {
  std::string path;  // as the program maps it
  std::string file;  // to read instead of it, "" = `path`: it may have been built anew since
  std::string module;
  std::uint32_t generation = 0;
};

class ProcessImage {
 public:
  struct Mapped;  // what the system's reader knows of the program: for this room alone

  // Reads the map of `pid`; without one (the program has ended) nothing is known. Thread: one at a
  // time. Cost: some milliseconds; debug information is read where it is asked for.
  ProcessImage(int pid, std::vector<GenerationFile> generations);
  ~ProcessImage();
  ProcessImage(const ProcessImage&) = delete;
  ProcessImage& operator=(const ProcessImage&) = delete;

  const Mapped& mapped() const { return *mapped_; }

  // The place of the instruction at `address`.
  core::Frame frame_at(std::uint64_t address) const;

  // The start of the function that holds `address`, in the module's own addresses; 0 = not known.
  std::uint64_t function_at(std::uint64_t address) const;

 private:
  std::unique_ptr<Mapped> mapped_;  // never null
};

}  // namespace hrwatch::stacks

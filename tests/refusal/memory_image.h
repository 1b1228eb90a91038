// A fingerprint of everything that a refused reload must leave alone: the writable and executable
// memory of the host program, of the module and of its older generations.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct MemoryRange {
  std::string owner;
  const unsigned char* begin = nullptr;
  std::size_t size = 0;
  bool executable = false;
  std::uint64_t hash = 0;
};

// The program itself and every loaded library whose path contains `name`, part by part.
std::vector<MemoryRange> take_image(const std::string& name);

// The parts of `before` that read differently now, in words.
std::vector<std::string> differences(const std::vector<MemoryRange>& before);

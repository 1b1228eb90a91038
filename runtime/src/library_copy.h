// The private copy of a library that is loaded in its place, so that linkers may do with the file
// what they like. Knows no dynamic linker and no bindings.
//
// Copies lie in a folder of this process's own (mode 0700), and stay as long as they are mapped:
// debuggers read them. What a process that was killed has left is removed by the next one of the
// same user.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wire/result.h"

namespace hr::runtime {

// A file, removed with the object unless keep() was called.
class LibraryCopy {
 public:
  explicit LibraryCopy(std::string path) : path_(std::move(path)) {}

  LibraryCopy(LibraryCopy&& other) noexcept;
  LibraryCopy& operator=(LibraryCopy&&) = delete;
  ~LibraryCopy();

  const std::string& path() const { return path_; }

  // A number that stands for all bytes of the file, before it was changed.
  std::uint64_t content() const { return content_; }

  void holds(std::uint64_t content) { content_ = content; }

  // It stays until the program ends.
  void keep() { path_.clear(); }

 private:
  std::string path_;
  std::uint64_t content_ = 0;
};

enum class CopyProblem {
  not_there,  // or half written: it may come
  refused     // never a library, or can't be read or written
};

struct CopyFailure {
  CopyProblem problem = CopyProblem::refused;
  wire::Failure failure;
};

struct CopyOutcome {
  std::optional<LibraryCopy> copy;
  CopyFailure failure;  // when there is no copy
};

// Copies the library at `path`, whole as it was at one time, under a name never used before.
// Errors: CopyFailure. Thread: any. Cost: reading and writing the file.
CopyOutcome copy_library(const std::string& path);

}  // namespace hr::runtime

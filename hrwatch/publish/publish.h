// Makes the unique, prepared copy of a built library that hosts load as a generation. Knows no host
// and no verdict.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/result.h"

namespace hrwatch::publish {

// What the copy differs in from the library, beside what every copy gets. ELF: DT_INIT_ARRAYSZ = 0,
// no finalisers either, bound to itself by DT_SYMBOLIC, STB_GNU_UNIQUE -> STB_GLOBAL in .dynsym.
// PE: its .pdb is copied beside it, and named in it, so that debuggers show each generation's
// source and leave the build's own .pdb alone; it is made for the address of its place, and does
// not initialise what lives elsewhere.
struct Request {
  std::filesystem::path library;
  std::filesystem::path folder;  // <build>/.hrwatch/gen
  std::string module;
  std::uint32_t generation = 0;
  std::string build_id;             // refuse when the library is no longer that build
  std::vector<std::uint64_t> nops;  // link-time addresses of 2-byte entry NOPs to normalise (66 90)
  // PE: the address that hosts keep for this generation; 0 = not known, it is made for none.
  std::uint64_t base = 0;
  // PE: words of the list by which the C runtime calls the module's static initialisers, and the
  // function that they call in the copy instead: the needed ones are called at the commit.
  // Link-time addresses.
  std::vector<std::uint64_t> initialiser_words = {};
  std::uint64_t instead = 0;
};

// What tells one writing of a file from any other. Of no file: zeros.
struct FileStamp {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t written_ns = 0, changed_ns = 0;  // since the epoch

  bool operator==(const FileStamp&) const = default;
};

// The bytes of a built library, copied before it is known what must differ. Removes its file unless
// it was published.
class Draft {
 public:
  // Copies `library` into `folder`, under a name that no reader looks for.
  // Errors: disk full, library gone. Cost: about 0.3 ms a MB without reflinks, more while the
  // system is busy writing.
  static hr::wire::Result<Draft> make(const std::filesystem::path& library,
                                      const std::filesystem::path& folder,
                                      const std::string& module);

  // As make(), of a library that a linker has just put in its place while its build goes on: what
  // the build still does to it shows in is_still(). The copy says it was written when the library
  // was. Waits until another write would show in the library's times, at most some ticks of the
  // system's clock. Errors: also where times can't tell (a network's file system, Windows).
  static hr::wire::Result<Draft> make_early(const std::filesystem::path& library,
                                            const std::filesystem::path& folder,
                                            const std::string& module);

  // Whether `library` is the very file that make_early() copied, and nobody has written to it since
  // that began. Cost: one stat().
  bool is_still(const std::filesystem::path& library) const;

  // The copy, until it is published.
  const std::filesystem::path& path() const { return path_; }

  Draft(Draft&& other) noexcept;
  Draft& operator=(Draft&&) = delete;
  ~Draft();

 private:
  friend hr::wire::Result<std::filesystem::path> publish(const Request& request, Draft draft);

  // Of the library that `from` is open for.
  static hr::wire::Result<Draft> copy_of(int from, const std::filesystem::path& library,
                                         const std::filesystem::path& folder,
                                         const std::string& module);

  Draft(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {}

  std::filesystem::path path_;
  int file_;          // open for reading and writing (on Windows: just there); -1 = moved from
  FileStamp source_;  // of an early one
};

// Writes <folder>/<module>.<generation>.so, or .dll (mode 0600 while written, 0500 when done) and
// renames it into place: a reader sees all of it or nothing. Returns its path. Errors: disk full,
// library replaced meanwhile, no room for DT_SYMBOLIC; nothing is left behind. Cost: one copy of
// the file (about 0.3 ms a MB without reflinks).
hr::wire::Result<std::filesystem::path> publish(const Request& request);
// The same from a copy that exists: what is left are the edits.
hr::wire::Result<std::filesystem::path> publish(const Request& request, Draft draft);

// Eight bytes of a copy, little endian, that say something else from now on.
struct Word {
  std::uint64_t offset = 0;    // in the file
  std::uint64_t expected = 0;  // what they say so far; else they are left alone
  std::uint64_t value = 0;
};

// Changes words of a published copy that no host has loaded yet. Returns how many were changed.
// Errors: the copy can't be opened or written.
hr::wire::Result<std::size_t> set_words(const std::filesystem::path& copy,
                                        const std::vector<Word>& words);

// Where the copy of that generation is, or will be.
std::filesystem::path path_of_copy(const std::filesystem::path& folder, const std::string& module,
                                   std::uint32_t generation);

// The n of a copy's file name "<module>.<n>.so" (or .dll); 0: it is no copy of the module.
std::uint32_t generation_in(std::string_view file, std::string_view module);

// The number the next copy of `module` takes: one more than the highest in `folder`, at least 1. A
// folder that is not there has no copies.
std::uint32_t next_generation(const std::filesystem::path& folder, const std::string& module);

// Removes the copies in `folder` that no running process maps, and what an interrupted publish()
// left. Call it when no session uses the folder. Returns how many files went. Cost: reads the
// memory map of every process of this user.
std::size_t remove_leftovers(const std::filesystem::path& folder);

}  // namespace hrwatch::publish

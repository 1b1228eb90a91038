#include <stdio.h>
#include <sys/mman.h>

#include "publish/fixtures.h"
#include "support/catch.h"

using hrwatch::publish::next_generation;

TEST_CASE("the next generation follows the highest of that module") {
  const fixtures::Folder folder;
  CHECK(next_generation(folder.path() / "missing", "game") == 1);
  for (const char* name : {"game.2.so", "game.10.so", "game.x.so", "game.99.so.part", "game.so",
                           "gamepad.50.so", "other.70.so", "game..so", "game.4294967296.so"}) {
    fixtures::write(folder.path() / name, {});
  }
  CHECK(next_generation(folder.path(), "game") == 11);
  CHECK(next_generation(folder.path(), "gamepad") == 51);
  CHECK(next_generation(folder.path(), "new") == 1);
}

TEST_CASE("leftovers go, copies that a process maps stay") {
  const fixtures::Folder folder;
  const std::vector<std::byte> page(4096);
  for (const char* name : {"game.1.so", "game.2.so", "game.3.so.part", "notes.txt"}) {
    fixtures::write(folder.path() / name, page);
  }
  std::FILE* file = std::fopen((folder.path() / "game.2.so").c_str(), "rb");
  REQUIRE(file != nullptr);
  void* mapped = ::mmap(nullptr, page.size(), PROT_READ, MAP_PRIVATE, fileno(file), 0);
  std::fclose(file);
  REQUIRE(mapped != MAP_FAILED);
  CHECK(hrwatch::publish::remove_leftovers(folder.path()) == 2);
  CHECK(fixtures::names_in(folder.path()) == std::vector<std::string>{"game.2.so", "notes.txt"});
  ::munmap(mapped, page.size());
  CHECK(hrwatch::publish::remove_leftovers(folder.path()) == 1);
  CHECK(hrwatch::publish::remove_leftovers(folder.path() / "missing") == 0);
}

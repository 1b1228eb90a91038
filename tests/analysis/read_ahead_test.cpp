// What is read of objects before they are linked is what a library made of them says.
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "analysis/describe.h"
#include "analysis/unit_cache.h"
#include "analysis/unit_classes.h"
#include "colon_list.h"
#include "support/catch.h"

using namespace hrwatch::analysis;
namespace fs = std::filesystem;

namespace {

// A build folder with one module of three objects, and perhaps others before them.
class BuildFolder {
 public:
  explicit BuildFolder(std::vector<std::string> others = {}) : names_(std::move(others)) {
    names_.insert(names_.end(), {"game.cpp.o", "other.cpp.o", "plain.c.o"});
    std::string pattern = (fs::temp_directory_path() / "read-ahead-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }

  ~BuildFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  BuildFolder(const BuildFolder&) = delete;
  BuildFolder& operator=(const BuildFolder&) = delete;

  fs::path library() const { return path_ / "libgame.so"; }

  std::vector<fs::path> objects() const {
    std::vector<fs::path> list;
    for (const std::string& name : names_)
      list.push_back(path_ / name);
    return list;
  }

  void compile(const std::string& build, const std::string& object) const {
    put(fs::path(HR_FIXTURES) / build / object, path_ / object);
  }

  void compile_all(const std::string& build) const {
    for (const char* object : {"game.cpp.o", "other.cpp.o", "plain.c.o"})
      compile(build, object);
  }

  void link(const std::string& build) const {
    put(fs::path(HR_FIXTURES) / (build + ".so"), library());
  }

  // The description as the bytes of its file.
  std::string saved(const Description& description) const {
    REQUIRE(save(description, path_).ok());
    std::ifstream file(path_ / description.build_id, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string described(Memory& memory) const {
    const auto description = describe(library(), objects(), memory);
    REQUIRE(description.ok());
    return saved(*description.value());
  }

 private:
  std::vector<std::string> names_;
  fs::path path_;

  // With the time of now, as a compiler does.
  static void put(const fs::path& from, const fs::path& to) {
    std::ifstream in(from, std::ios::binary);
    REQUIRE(in);
    std::ofstream(to, std::ios::binary) << in.rdbuf();
  }
};

}  // namespace

TEST_CASE("what was read ahead gives the description that the library alone gives") {
  for (const std::string& module : words(HR_MODULES)) {
    INFO(module);
    const BuildFolder build;
    build.compile_all(module + "_1");
    build.link(module + "_1");
    Memory memory;
    build.described(memory);

    build.compile_all(module + "_2");
    read_ahead(build.library(), build.objects(), memory);
    const auto ahead = memory.units().classes(build.library());
    build.link(module + "_2");
    const std::string with = build.described(memory);
    CHECK(memory.units().classes(build.library()) == ahead);  // none was read again

    Memory none;
    CHECK(with == build.described(none));
  }
}

TEST_CASE("objects that have only half of their debug info are left to the library") {
  const BuildFolder build({"thread.cpp.o"});
  build.compile("whole", "thread.cpp.o");
  build.compile_all("split_1");
  build.link("split_1");
  Memory memory;
  build.described(memory);
  build.compile_all("split_2");
  read_ahead(build.library(), build.objects(), memory);
  build.link("split_2");
  const std::string with = build.described(memory);
  Memory none;
  CHECK(with == build.described(none));
}

TEST_CASE("objects that are written one after the other, or half, are read when they are whole") {
  const std::string module = words(HR_MODULES).front();
  const BuildFolder build;
  build.compile_all(module + "_1");
  build.link(module + "_1");
  Memory memory;
  build.described(memory);
  const auto before = memory.units().classes(build.library());

  build.compile(module + "_2", "other.cpp.o");
  fs::resize_file(build.objects().front(), fs::file_size(build.objects().front()) / 2);
  read_ahead(build.library(), build.objects(), memory);
  CHECK(memory.units().classes(build.library()) == before);
  build.compile_all(module + "_2");
  read_ahead(build.library(), build.objects(), memory);
  CHECK(memory.units().classes(build.library()) != before);
  build.link(module + "_2");

  const std::string with = build.described(memory);
  Memory none;
  CHECK(with == build.described(none));
}

TEST_CASE("a link that failed leaves nothing behind that later builds believe") {
  const std::string module = words(HR_MODULES).front();
  const BuildFolder build;
  build.compile_all(module + "_1");
  build.link(module + "_1");
  Memory memory;
  build.described(memory);

  build.compile_all(module + "_2");
  read_ahead(build.library(), build.objects(), memory);
  build.compile_all(module + "_1");  // the edit is undone
  build.link(module + "_1");
  const std::string with = build.described(memory);
  Memory none;
  CHECK(with == build.described(none));
}

TEST_CASE("a copy with the time of the library says what the library says") {
  for (const std::string& module : words(HR_MODULES)) {
    INFO(module);
    const BuildFolder build;
    build.compile_all(module + "_1");
    build.link(module + "_1");
    const fs::path copy = build.library().string() + ".part";
    fs::copy_file(build.library(), copy);
    fs::last_write_time(copy, fs::last_write_time(build.library()));
    Memory memory;
    const auto early = describe(build.library(), copy, build.objects(), memory);
    REQUIRE(early.ok());
    Memory none;
    CHECK(build.saved(*early.value()) == build.described(none));

    // An object that was compiled since tells nothing of the library: the time decides.
    build.compile_all(module + "_1");
    const auto later = describe(build.library(), copy, build.objects(), memory);
    REQUIRE(later.ok());
    for (const Function& function : later.value()->functions)
      CHECK(function.origin == 0);
  }
}

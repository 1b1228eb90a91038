// What Windows tells the tool of a program: its files, also those that were renamed since, and its
// stacks. The program is this one, or a child that sleeps.
#include "app/host_process.h"

#include <windows.h>

#include "analysis/describe.h"
#include "app/generation_file.h"
#include "app/module_in_host.h"
#include "build/linker_files.h"
#include "stacks/crash_stack.h"
#include "stacks/process_image.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/sandbox.h"
#include "support/wait.h"

using namespace hrwatch;
namespace fs = std::filesystem;

namespace {

// A library of its own place, loaded into this process.
class Loaded {
 public:
  explicit Loaded(const fs::path& place) : place_(place) {
    fs::copy_file(HR_TEST_LIBRARY_1, place);
    module_ = LoadLibraryW(place.c_str());
    REQUIRE(module_ != nullptr);
  }

  ~Loaded() { FreeLibrary(module_); }

  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  std::uint64_t base() const { return reinterpret_cast<std::uintptr_t>(module_); }

  std::uint64_t answer() const {
    return reinterpret_cast<std::uintptr_t>(GetProcAddress(module_, "answer"));
  }

  hr::wire::ModuleState state() const {
    hr::wire::ModuleState state;
    state.name = "game";
    state.path = place_.string();
    const auto id = analysis::read_build_id(HR_TEST_LIBRARY_1);
    REQUIRE(id.ok());
    state.generations = {{0, id.value()}};
    return state;
  }

 private:
  fs::path place_;
  HMODULE module_;
};

int our_pid() {
  return static_cast<int>(GetCurrentProcessId());
}

}  // namespace

TEST_CASE("A program's files are told with their places") {
  const tests::Sandbox files("mapped");
  const Loaded library(files.path("game.dll"));
  const auto mapped = app::mapped_files(our_pid());
  const auto found = std::find_if(mapped.begin(), mapped.end(), [&](const app::MappedFile& file) {
    return app::same_file_name(file.path, files.path("GAME.dll").string());
  });
  REQUIRE(found != mapped.end());
  CHECK(found->begin == library.base());
  CHECK(library.answer() < found->end);
  CHECK(std::is_sorted(mapped.begin(), mapped.end(),
                       [](const auto& a, const auto& b) { return a.begin < b.begin; }));
  CHECK(std::any_of(mapped.begin(), mapped.end(),
                    [](const auto& file) { return app::comes_with_system(file.path); }));
  CHECK_FALSE(app::comes_with_system(found->path));
  CHECK(app::mapped_files(0x7ffffff0).empty());
  CHECK(app::running_executable(our_pid()).ends_with(".exe"));
}

TEST_CASE("The library a program started with is found after it made way for the next build") {
  const tests::Sandbox files("kept");
  const fs::path path = files.path("game.dll");
  const Loaded library(path);
  const auto module = library.state();
  CHECK(app::same_file_name(app::kept_image(module, our_pid()), path.string()));

  REQUIRE(build::make_way({{path.generic_string(), ""}}).ok());
  fs::copy_file(HR_TEST_LIBRARY_2, path);
  const std::string kept = app::kept_image(module, our_pid());
  INFO(kept);
  REQUIRE_FALSE(kept.empty());
  CHECK_FALSE(app::same_file_name(kept, path.string()));
  const auto id = analysis::read_build_id(kept);
  REQUIRE(id.ok());
  CHECK(id.value() == module.generations.front().build_id);
  CHECK(app::file_of_generation(module, 0, our_pid(), files.path()) == kept);
  CHECK(app::file_of_generation(module, 3, our_pid(), files.path()) == files.path("game.3.dll"));

  auto unknown = module;
  unknown.generations.front().build_id = "0123";
  CHECK(app::kept_image(unknown, our_pid()).empty());
}

TEST_CASE("An address is a function, in the module and generation that it is of") {
  const tests::Sandbox files("image");
  const Loaded library(files.path("game.dll"));
  const stacks::ProcessImage image(our_pid(),
                                   {{files.path("game.dll").generic_string(), "", "game", 0}});
  const core::Frame frame = image.frame_at(library.answer());
  CHECK(frame.module == "game");
  CHECK(frame.generation == 0);
  CHECK(frame.function == "answer");
  CHECK(app::same_file_name(frame.library, files.path("game.dll").string()));
  CHECK(image.function_at(library.answer()) == library.answer() - library.base());
  CHECK(image.frame_at(1).library.empty());
  CHECK(image.function_at(1) == 0);
}

TEST_CASE("All threads of another program are looked at, and it goes on") {
  tests::Child sleeper({{HR_TEST_SLEEPER}});
  const auto sleeping = [&] {
    const auto stacks = app::thread_stacks(sleeper.pid());
    return stacks.ok() && !stacks.value().empty() && stacks.value().front().frames.size() > 1;
  };
  REQUIRE(tests::wait_until(sleeping, std::chrono::seconds(30)));
  // Somewhere out there is its own code.
  const auto mapped = app::mapped_files(sleeper.pid());
  const auto program = std::find_if(mapped.begin(), mapped.end(), [](const auto& file) {
    return app::same_file_name(file.path, HR_TEST_SLEEPER);
  });
  REQUIRE(program != mapped.end());
  const auto in_main = [&] {
    const auto frames = app::thread_frames(sleeper.pid());
    return frames.ok() &&
           std::any_of(frames.value().begin(), frames.value().end(), [&](std::uint64_t frame) {
             return frame >= program->begin && frame < program->end;
           });
  };
  CHECK(tests::wait_until(in_main, std::chrono::seconds(30)));
  CHECK(sleeper.running());
  sleeper.kill();
  const auto gone = app::thread_stacks(sleeper.pid());
  REQUIRE_FALSE(gone.ok());
  CHECK_FALSE(gone.failure().why.empty());
  CHECK_FALSE(gone.failure().fix.empty());
}

TEST_CASE("A crash's own place is told, even when nothing is known of its stack") {
  const tests::Sandbox files("crash");
  const Loaded library(files.path("game.dll"));
  const stacks::ProcessImage image(our_pid(),
                                   {{files.path("game.dll").generic_string(), "", "game", 2}});
  hr::wire::Crashed crash;
  crash.registers.assign(17, 0);
  crash.registers.back() = library.answer();
  const auto frames = stacks::read_crash(image, our_pid(), crash);
  REQUIRE_FALSE(frames.empty());
  CHECK(frames.front().function == "answer");
  CHECK(frames.front().generation == 2);
  crash.registers.clear();
  CHECK(stacks::read_crash(image, our_pid(), crash).empty());
}

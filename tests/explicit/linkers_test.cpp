// The linkers themselves, writing where the program watches: each build goes live, and no half of
// one is ever taken for a library.
#include <atomic>
#include <string>

#include "explicit/plug.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

bool runs(const Plug& plug, const std::vector<std::string>& command) {
  const Outcome outcome = run({.arguments = command, .folder = plug.folder().path()});
  INFO(outcome.errors);
  return outcome.status == 0;
}

// Debug info enough that writing takes its time.
bool compile(const Plug& plug, int number) {
  std::string padding =
      "extern const char plug_padding[];\nconst char plug_padding[3000000] = {1};\n";
  plug.folder().write("padding.c", padding);
  const std::string version = std::to_string(number);
  return runs(plug, {"cc", "-fPIC", "-g", "-DVERSION=" + version, "-include", "padding.c", "-c",
                     HR_TEST_PLUG_SOURCE, "-o", version + ".o"});
}

}  // namespace

TEST_CASE("what linkers write is taken in whole, every time") {
  std::string linker;
  for (const char* name : {"bfd", "gold", "lld", "mold"}) {
    SECTION(name) {
      linker = std::string("-fuse-ld=") + name;
    }
  }
  if (linker.empty())
    return;
  const Plug plug("linkers");
  REQUIRE(compile(plug, 1));
  REQUIRE(compile(plug, 2));
  if (!runs(plug, {"cc", linker, "-shared", "1.o", "-o", "try.so"})) {
    WARN("not tried, the compiler can't link with it: " << linker);
    return;
  }
  std::filesystem::create_directories(plug.folder().path("lib"));
  std::atomic<int> errors{0};
  const auto listener = hr::on_event(
      [&](const hr_event& event) { errors += event.library_state == HR_LIBRARY_ERROR; });
  int (*version)(void) = nullptr;
  hr_library* library = hr_open(plug.path().c_str());
  CHECK(hr_bind(library, "plug_version", &version) == 0);
  REQUIRE(hr_watch(library) == 1);
  for (int i = 0; i < 12; ++i) {
    const int number = 1 + i % 2;
    INFO(linker << ", build " << i);
    REQUIRE(runs(plug,
                 {"cc", linker, "-shared", std::to_string(number) + ".o", "-o", "lib/libplug.so"}));
    REQUIRE(wait_until(
        [&] {
          int (*const now)(void) = HR_LOAD(version);
          return now != nullptr && now() == number;
        },
        std::chrono::seconds(20)));
  }
  CHECK(hr_loaded(library) == 11);
  CHECK(errors == 0);
  hr_close(library);
}

}  // namespace hrwatch::tests

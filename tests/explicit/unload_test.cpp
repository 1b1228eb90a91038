// hr_unload: gone is proven, and what is not gone is explained.
#include <dlfcn.h>
#include <sys/stat.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "explicit/plug.h"
#include "support/catch.h"

namespace hrwatch::tests {

namespace {

// Lines of /proc/self/maps with the test's library in them.
int mappings() {
  std::ifstream maps("/proc/self/maps");
  int count = 0;
  for (std::string line; std::getline(maps, line);)
    count += line.find("/libplug.") != std::string::npos;
  return count;
}

std::string error_of(const hr_library* library) {
  const hr_failure failure = hr_error(library);
  CHECK(*failure.what != '\0');
  CHECK(*failure.fix != '\0');
  return failure.why;
}

bool contains(const std::string& text, const std::string& words) {
  INFO(text);
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("older libraries are unloaded, and their copies removed") {
  const Plug plug("unload");
  plug.truncate("1");
  hr_library* library = hr_open(plug.path().c_str());
  int (*version)(void) = nullptr;
  PlugTable table = {};
  CHECK(hr_bind(library, "plug_version", &version) == 1);
  CHECK(hr_bind_table(library, "plug_table", &table) == 1);
  const int each = mappings();
  CHECK(each > 0);
  for (const char* build : {"2", "3", "1", "2"}) {
    plug.rename(build);
    CHECK(hr_reload(library) == 1);
  }
  CHECK(mappings() == 5 * each);
  CHECK(hr_unload(library, HR_UNLOAD_OLD) == 0);
  CHECK(mappings() == each);
  CHECK(version() == 2);
  SECTION("the bound one too") {
    CHECK(hr_unload(library, HR_UNLOAD_ALL) == 0);
    CHECK(mappings() == 0);
    CHECK(version == nullptr);
    CHECK(table.plus == nullptr);
    CHECK(table.version_again == 0);
    CHECK(hr_look(library) == nullptr);
    CHECK(hr_loaded(library) == -1);
    CHECK(hr_status(library) == HR_LIBRARY_WAITING);
    CHECK(hr_reload(library) == 1);
    CHECK(version() == 2);
    CHECK(table.plus(1) == 3);
    CHECK(hr_unload(library, HR_UNLOAD_ALL) == 0);
  }
  SECTION("closing unloads nothing") {
    CHECK(hr_close(library) == 1);
    CHECK(version() == 2);
    CHECK(mappings() == each);
    return;
  }
  CHECK(hr_close(library) == 1);
}

TEST_CASE("what is not gone says why") {
  const int before = mappings();
  const Plug plug("stays");
  std::string why;
  SECTION("nodelete") {
    plug.truncate("nodelete");
    why = "-z nodelete";
  }
  SECTION("unique symbols") {
    plug.truncate("unique");
    why = "unique symbols, which the dynamic linker never lets go: Counter<int>::count";
  }
  hr_library* library = hr_open(plug.path().c_str());
  if (hr_function calls = hr_symbol(library, "plug_calls"))
    CHECK(reinterpret_cast<int (*)()>(calls)() == 1);
  plug.rename("1");
  CHECK(hr_reload(library) == 1);
  CHECK(hr_unload(library, HR_UNLOAD_OLD) == 1);
  CHECK(contains(error_of(library), why));
  CHECK(hr_status(library) == HR_LIBRARY_OK);
  CHECK(mappings() > before);
  CHECK(hr_unload(library, HR_UNLOAD_ALL) == 1);
  CHECK(contains(error_of(library), why));
  hr_close(library);
}

TEST_CASE("a thread with a destructor to run keeps a library, as long as it lives") {
  const Plug plug("thread");
  plug.truncate("thread_local");
  hr_library* library = hr_open(plug.path().c_str());
  std::mutex mutex;
  std::condition_variable changed;
  bool called = false;
  bool may_end = false;
  std::thread thread([&] {
    reinterpret_cast<int (*)()>(hr_symbol(library, "plug_calls"))();
    std::unique_lock lock(mutex);
    called = true;
    changed.notify_all();
    changed.wait(lock, [&] { return may_end; });
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return called; });
  }
  plug.rename("1");
  CHECK(hr_reload(library) == 1);
  CHECK(hr_unload(library, HR_UNLOAD_OLD) == 1);
  CHECK(contains(error_of(library), "thread_local"));
  {
    const std::lock_guard lock(mutex);
    may_end = true;
    changed.notify_all();
  }
  thread.join();
  CHECK(hr_unload(library, HR_UNLOAD_OLD) == 0);
  hr_close(library);
}

TEST_CASE("the copies lie in a folder of the program's own, and their debug info is found there") {
  const Plug plug("private");
  plug.truncate("1");
  hr_library* library = hr_open(plug.path().c_str());
  Dl_info info = {};
  REQUIRE(::dladdr(reinterpret_cast<void*>(hr_symbol(library, "plug_version")), &info) != 0);
  const std::filesystem::path copy = info.dli_fname;
  CHECK(copy != plug.path());
  CHECK(std::filesystem::file_size(copy) == std::filesystem::file_size(plug.path()));
  struct stat status = {};
  REQUIRE(::stat(copy.parent_path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  CHECK(hr_unload(library, HR_UNLOAD_ALL) == 0);
  CHECK_FALSE(std::filesystem::exists(copy));
  hr_close(library);
}

}  // namespace hrwatch::tests

// The explicit mode where Windows is different: watching without a notice of closing, libraries
// that are in use, handles. The rest is tests/explicit/reload_test.cpp.
#include <windows.h>
#include <psapi.h>

#include <filesystem>
#include <fstream>
#include <hr/hr.hpp>
#include <iterator>

#include "support/catch.h"
#include "support/sandbox.h"
#include "support/wait.h"
#include "windows/holder.h"

using namespace hrwatch;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds deadline(20);

std::string built(int version) {
  std::ifstream in(version == 1 ? HR_TEST_LIBRARY_1 : HR_TEST_LIBRARY_2, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Opened {
  tests::Sandbox files{"explicit"};
  int (*answer)() = nullptr;
  hr_library* library = nullptr;

  explicit Opened(int version) {
    if (version != 0)
      files.write("library.dll", built(version));
    library = hr_open(files.path("library.dll").generic_string().c_str());
    hr_bind(library, "answer", &answer);
  }

  ~Opened() {
    hr_unload(library, HR_UNLOAD_ALL);
    hr_close(library);
  }

  int now() const {
    const auto call = HR_LOAD(answer);
    return call != nullptr ? call() : 0;
  }
};

std::size_t modules_named(const std::wstring& part) {
  std::vector<HMODULE> modules(4096);
  DWORD bytes = 0;
  EnumProcessModules(GetCurrentProcess(), modules.data(),
                     static_cast<DWORD>(modules.size() * sizeof(HMODULE)), &bytes);
  std::size_t count = 0;
  for (std::size_t i = 0; i < bytes / sizeof(HMODULE); ++i) {
    std::wstring path(1024, L'\0');
    path.resize(GetModuleFileNameW(modules[i], path.data(), static_cast<DWORD>(path.size())));
    count += path.find(part) != std::wstring::npos ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("The file of a library that runs is free: a linker may write it") {
  const Opened opened(1);
  REQUIRE(opened.now() == 1);
  CHECK(tests::write_as_linker(opened.files.path("library.dll"), built(2)) == 0);
  CHECK(hr_reload(opened.library) == 1);
  CHECK(opened.now() == 2);
}

TEST_CASE("A new library is noticed, written over or renamed into place") {
  const Opened opened(1);
  REQUIRE(hr_watch(opened.library) == 1);
  opened.files.write("library.dll", built(2));
  CHECK(tests::wait_until([&] { return opened.now() == 2; }, deadline));
  // Who replaces a file that is being read must try again, as build tools do.
  opened.files.write("fresh.dll", built(1));
  CHECK(tests::wait_until(
      [&] {
        return MoveFileExW(opened.files.path("fresh.dll").c_str(),
                           opened.files.path("library.dll").c_str(),
                           MOVEFILE_REPLACE_EXISTING) != 0;
      },
      deadline));
  CHECK(tests::wait_until([&] { return opened.now() == 1; }, deadline));
}

TEST_CASE("A library that is written slowly is taken in when it is closed") {
  const Opened opened(1);
  REQUIRE(hr_watch(opened.library) == 1);
  const std::string whole = built(2);
  const fs::path path = opened.files.path("library.dll");
  const HANDLE out = CreateFileW(path.c_str(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                 nullptr, TRUNCATE_EXISTING, 0, nullptr);
  REQUIRE(out != INVALID_HANDLE_VALUE);
  DWORD written = 0;
  WriteFile(out, whole.data(), 1000, &written, nullptr);
  CHECK(
      tests::wait_until([&] { return hr_status(opened.library) == HR_LIBRARY_WAITING; }, deadline));
  CHECK(opened.now() == 1);
  WriteFile(out, whole.data() + 1000, static_cast<DWORD>(whole.size() - 1000), &written, nullptr);
  CloseHandle(out);
  CHECK(tests::wait_until([&] { return opened.now() == 2; }, deadline));
}

TEST_CASE("A library, and its folder, may come later") {
  const Opened opened(0);
  REQUIRE(hr_watch(opened.library) == 1);
  CHECK(hr_status(opened.library) == HR_LIBRARY_WAITING);
  opened.files.write("library.dll", built(1));
  CHECK(tests::wait_until([&] { return opened.now() == 1; }, deadline));
}

TEST_CASE("No library at all: what, why and a way out") {
  const Opened opened(1);
  opened.files.write("library.dll",
                     "this is no library, and it never will be one: it is a text, "
                     "longer than any header");
  CHECK(hr_reload(opened.library) == 0);
  CHECK(hr_status(opened.library) == HR_LIBRARY_ERROR);
  const hr_failure failure = hr_error(opened.library);
  CHECK(std::string(failure.why) == "it is no Windows library");
  CHECK(std::string(failure.fix).find("x86-64 Windows") != std::string::npos);
  CHECK(opened.now() == 1);
}

TEST_CASE("A thousand reloads leave no module, no file and no handle") {
  const Opened opened(1);
  const auto swap = [&](int version) {
    opened.files.write("library.dll", built(version));
    REQUIRE(hr_reload(opened.library) == 1);
    REQUIRE(opened.now() == version);
    REQUIRE(hr_unload(opened.library, HR_UNLOAD_OLD) == 0);
  };
  for (int i = 0; i < 10; ++i)
    swap(1 + (i + 1) % 2);
  const std::size_t modules = modules_named(L"library.");
  DWORD before = 0;
  GetProcessHandleCount(GetCurrentProcess(), &before);
  for (int i = 0; i < 1000; ++i)
    swap(1 + (i + 1) % 2);
  DWORD after = 0;
  GetProcessHandleCount(GetCurrentProcess(), &after);
  CHECK(after <= before + 4);
  CHECK(modules_named(L"library.") == modules);
  CHECK(modules == 1);
}

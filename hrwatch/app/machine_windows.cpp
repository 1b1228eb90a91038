#include <windows.h>
#include <uv.h>

#include <algorithm>
#include <filesystem>

#include "app/machine.h"
#include "project/command.h"

namespace hrwatch::app {
namespace {

bool on_path(const std::string& program) {
  const std::wstring name = std::filesystem::path(program).wstring();
  return SearchPathW(nullptr, name.c_str(), L".exe", 0, nullptr, nullptr) != 0;
}

std::vector<std::string> present(std::initializer_list<const char*> programs) {
  std::vector<std::string> found;
  std::copy_if(programs.begin(), programs.end(), std::back_inserter(found), on_path);
  return found;
}

}  // namespace

std::string version_of(const std::string& program) {
  std::string output;
  uv_loop_t loop;
  uv_loop_init(&loop);
  {
    const project::Command command(
        &loop, {{program, "--version"}, "", false, false},
        [&output](std::string_view piece) { output += piece; }, [](project::Command::Ended) {});
    uv_run(&loop, UV_RUN_DEFAULT);
  }
  uv_run(&loop, UV_RUN_DEFAULT);  // what the command has let go of
  uv_loop_close(&loop);
  return version_in(output.substr(0, output.find_first_of("\r\n")));
}

// Rights are many and inherited: making a file is the only sure answer.
bool is_writable(const std::string& folder) {
  const std::filesystem::path path =
      std::filesystem::path(folder) / ("hrwatch." + std::to_string(GetCurrentProcessId()));
  const HANDLE file = CreateFileW(path.c_str(), GENERIC_WRITE | DELETE, FILE_SHARE_DELETE, nullptr,
                                  CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    return false;
  }
  CloseHandle(file);
  return true;
}

void read_machine(Facts& facts) {
  facts.ninja_version = version_of("ninja");
  facts.cmake_version = version_of("cmake");
  facts.compilers = present({"clang++", "clang"});
  facts.linkers = present({"lld-link", "ld.lld"});
  facts.install.ninja = "winget install Ninja-build.Ninja (or pip install ninja)";
  facts.install.cmake = "winget install Kitware.CMake (or pip install cmake)";
  facts.install.compiler =
      "winget install MartinStorsjo.LLVM-MinGW.UCRT (clang for mingw, with lld)";
  facts.install.linker = facts.install.compiler;
  facts.install.no_compiler = "no clang++: hot modules are compiled with clang";
  facts.install.no_linker = "no lld: hot modules are linked with it";
  facts.install.linker_subject = "linker";
  facts.install.linker_needed = true;
}

}  // namespace hrwatch::app

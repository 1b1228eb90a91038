// What keeps glibc from unmapping a library after dlclose(): dl-close.c and dl-lookup.c of glibc.
#include <cxxabi.h>
#include <elf.h>
#include <link.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "src/dynamic_symbols.h"
#include "src/library_image.h"

namespace hr::runtime {
namespace {

constexpr unsigned bind_unique = 10;    // STB_GNU_UNIQUE
constexpr std::size_t names_shown = 3;  // as examples

std::string source_name(const char* symbol) {
  int status = 0;
  char* name = abi::__cxa_demangle(symbol, nullptr, nullptr, &status);
  std::string result = name != nullptr ? name : symbol;
  std::free(name);
  return result;
}

struct Clues {
  bool no_delete = false;
  bool thread_destructors = false;
  std::size_t unique_count = 0;
  std::string unique_names;
};

Clues look_for_clues(const LoadedImage& image) {
  Clues clues;
  clues.no_delete = (dynamic_flags(image) & DF_1_NODELETE) != 0;
  each_dynamic_symbol(image, [&](const DynamicSymbol& symbol) {
    if (symbol.defined && symbol.binding == bind_unique && ++clues.unique_count <= names_shown)
      clues.unique_names += (clues.unique_count > 1 ? ", " : "") + source_name(symbol.name);
    if (!symbol.defined && (std::strcmp(symbol.name, "__cxa_thread_atexit") == 0 ||
                            std::strcmp(symbol.name, "__cxa_thread_atexit_impl") == 0))
      clues.thread_destructors = true;
    return true;
  });
  if (clues.unique_count > names_shown)
    clues.unique_names += " and " + std::to_string(clues.unique_count - names_shown) + " more";
  return clues;
}

}  // namespace

wire::Failure why_it_stays(const LoadedImage& image, const std::string& path) {
  const Clues clues = look_for_clues(image);
  const std::string what = "an older " + path + " is mapped still";
  if (clues.no_delete)
    return {what, "it was linked with -z nodelete", "link it without -Wl,-z,nodelete"};
  wire::Failure failure{what, "", ""};
  const auto add = [](std::string& text, const std::string& more) {
    text += (text.empty() ? "" : "; or ") + more;
  };
  if (clues.unique_count != 0) {
    add(failure.why,
        "it has unique symbols, which the dynamic linker never lets go: " + clues.unique_names);
    add(failure.fix, "compile it with -fno-gnu-unique (g++) or -fvisibility=hidden");
  }
  if (clues.thread_destructors) {
    add(failure.why,
        "a thread that is alive holds thread_local objects of it whose destructors "
        "are to run");
    add(failure.fix, "end the threads that ran it, then unload again");
  }
  if (failure.why.empty()) {
    failure.why = "something else holds it: another library needs it, or has opened it";
    failure.fix = "close that first, then unload again";
  }
  return failure;
}

}  // namespace hr::runtime

// One refusal: `refusal FOLDER OUTCOME WORD DAMAGE FIRST BAD GOOD [OBJECT OF BAD, OBJECT OF GOOD]`.
// Loads FIRST, has GOOD-like state in it, offers BAD (which must be refused by OUTCOME, "tool" or
// "host", with WORD in the reason), and GOOD after it. Nothing of the process may change on
// refusal.
#include <dlfcn.h>
#include <string.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>

#include "lab/lab.h"
#include "memory_image.h"

namespace {

int failures = 0;

void check(bool passed, const std::string& what) {
  std::printf("%s %s\n", passed ? "ok  " : "FAIL", what.c_str());
  failures += passed ? 0 : 1;
}

lab_damage damage_of(const char* name) {
  const char* const names[] = {"none",    "wrong_build_id", "writable_by_others",
                               "outside", "truncated",      "wild_patch"};
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (std::strcmp(names[i], name) == 0)
      return static_cast<lab_damage>(i);
  std::fprintf(stderr, "no damage is called %s\n", name);
  std::exit(2);
}

lab_outcome reload(const char* library, const char* object) {
  return object != nullptr ? lab_reload(library, &object, 1) : lab_reload(library, nullptr, 0);
}

// In capitals or not.
bool holds(const std::string& text, const char* word) {
  return strcasestr(text.c_str(), word) != nullptr;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 8)
    return 2;
  const bool by_tool = std::strcmp(arguments[2], "tool") == 0;
  const bool has_objects = count > 10;
  const char* object_of_first = has_objects ? arguments[8] : nullptr;
  const char* object_of_bad = has_objects ? arguments[9] : nullptr;
  const char* object_of_good = has_objects ? arguments[10] : nullptr;
  lab_start(arguments[1]);
  void* module = dlopen(arguments[5], RTLD_NOW | RTLD_GLOBAL);
  if (module == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 2;
  }
  const auto probe = reinterpret_cast<int (*)()>(dlsym(module, "probe"));
  check(probe() == 34, "the module works before");
  // A generation in between, so that older generations exist: the first build with another body.
  const bool in_between = reload(arguments[7], object_of_good) == LAB_COMMITTED;
  check(in_between == (probe() == 1034), "generation 1 is live or was refused");
  const int before_refusal = probe();

  const std::vector<MemoryRange> image = take_image("case.");
  const unsigned generations = lab_generations();
  lab_damage_next(damage_of(arguments[4]));
  const lab_outcome outcome = reload(arguments[6], object_of_bad);
  const std::vector<std::string> changed = differences(image);
  const std::string reason = lab_reason();
  std::printf("%s\n", reason.c_str());
  check(outcome == (by_tool ? LAB_REFUSED_BY_TOOL : LAB_REFUSED_BY_HOST),
        std::string("refused by the ") + arguments[2]);
  check(lab_incomplete_reasons() == 0 && !reason.empty(), "every reason has what, why and fix");
  check(holds(reason, arguments[3]), std::string("the reason names ") + arguments[3]);
  for (const std::string& part : changed)
    check(false, "unchanged: " + part);
  check(changed.empty() && image.size() >= 4, "memory reads as before");
  check(lab_generations() == generations, "no generation more");
  check(probe() == before_refusal, "the module works as before");

  lab_damage_next(LAB_NO_DAMAGE);
  if (in_between) {
    check(reload(arguments[5], object_of_first) == LAB_COMMITTED, "the next good build goes in");
    check(probe() == 34, "and runs");
  }
  std::printf("%d failed\n", failures);
  return failures == 0 ? 0 : 1;
}

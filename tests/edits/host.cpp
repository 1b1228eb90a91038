// A table of edits: `edits FOLDER COMPILER COUNT`. For each edit N, in a process of its own, loads
// FOLDER/N/COMPILER/before/libedit.so, offers .../after/libedit.so, and compares the verdict and
// the state with FOLDER/N/expected: lines of
//   expect: accepted | refused by tool|host
//   reason: words that the reason (or remark) must hold, in any order; "reason g++" of one
//   compiler,
//           where they number closures in another order
//   before: what probe() answers before the edit
//   after:  ... and after it (left out: as before)
//   calls:  a function or variable that the program itself uses
//   then:   what it answers after a third version, .../then/libedit.so, which is accepted unless
//           "expect then:" says otherwise, with the words of "reason then:" in the reason
//   back:   words of why the newest generation can't be taken back in the end
#include <dlfcn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>

#include "lab/lab.h"
#include "memory_image.h"

namespace {

using Expected = std::map<std::string, std::string>;

int failures = 0;

void check(bool passed, const std::string& what) {
  if (!passed)
    std::printf("     FAIL %s\n", what.c_str());
  failures += passed ? 0 : 1;
}

Expected read_expected(const std::string& file) {
  Expected expected;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos)
      expected[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return expected;
}

void check_text(const char* is, const std::string& wanted, const char* when) {
  check(wanted == is, std::string(when) + ": state is \"" + is + "\", not \"" + wanted + "\"");
}

std::string name_of(lab_outcome outcome) {
  switch (outcome) {
    case LAB_COMMITTED:
      return "accepted";
    case LAB_REFUSED_BY_TOOL:
      return "refused by tool";
    case LAB_REFUSED_BY_HOST:
      return "refused by host";
    case LAB_UNCHANGED:
      return "unchanged";
    case LAB_BROKEN:
      break;
  }
  return "broken";
}

// Frames of the module that are over stood where those of run_step() will: a program's loop, which
// calls both, has no such leftovers in its frame.
__attribute__((noinline)) void wipe_stack() {
  volatile char room[65536];
  for (volatile char& byte : room)
    byte = 0;
}

struct Step {
  std::string version, verdict, reason, state;
};

// Offers one version and compares verdict and state with what is expected.
void run_step(const std::string& place, const Step& step,
              const std::function<const char*()>& probe) {
  const std::vector<MemoryRange> image = take_image("edit.");
  const std::string object = place + "/" + step.version + "/edit.o";
  const char* objects = object.c_str();
  const lab_outcome outcome =
      lab_reload((place + "/" + step.version + "/libedit.so").c_str(), &objects, 1);
  const std::string reason = lab_reason();
  check(name_of(outcome) == step.verdict,
        step.version + " is " + name_of(outcome) + ", not " + step.verdict);
  std::istringstream words(step.reason);
  for (std::string word; words >> word;)
    check(reason.find(word) != std::string::npos, "the reason names " + word);
  check(!step.reason.empty() || reason.empty() || outcome != LAB_COMMITTED, "nothing is remarked");
  if (outcome != LAB_COMMITTED) {
    check(image.size() >= 4, "memory can be compared");
    check(lab_incomplete_reasons() == 0 && !reason.empty(), "every reason has what, why and fix");
    for (const std::string& part : differences(image))
      check(false, "memory is untouched: " + part);
  }
  check_text(probe(), step.state, step.version.c_str());
  if (failures != 0)
    std::printf("     %s\n", reason.c_str());
}

void check_words(const std::string& text, const std::string& wanted) {
  std::istringstream words(wanted);
  for (std::string word; words >> word;)
    check(text.find(word) != std::string::npos, "\"" + text + "\" names " + word);
}

int run_edit(const std::string& folder, const std::string& compiler) {
  Expected expected = read_expected(folder + "/expected");
  std::printf("%s\n", expected["name"].c_str());
  const std::string place = folder + "/" + compiler;
  const std::string object_before = place + "/before/edit.o";
  lab_start(place.c_str());
  const char* objects = object_before.c_str();
  lab_first_objects(&objects, 1);
  if (expected.count("calls") != 0)
    lab_program_calls(expected["calls"].c_str());
  void* module = dlopen((place + "/before/libedit.so").c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (module == nullptr) {
    std::printf("     FAIL %s\n", dlerror());
    return 1;
  }
  const auto probe = reinterpret_cast<const char* (*)()>(dlsym(module, "probe"));
  check_text(probe(), expected["before"], "before");

  if (expected.count("reason " + compiler) != 0)
    expected["reason"] = expected["reason " + compiler];
  wipe_stack();
  run_step(place,
           {"after", expected["expect"], expected["reason"],
            expected[expected.count("after") != 0 ? "after" : "before"]},
           probe);
  wipe_stack();
  if (expected.count("then") != 0)
    run_step(place,
             {"then", expected.count("expect then") != 0 ? expected["expect then"] : "accepted",
              expected["reason then"], expected["then"]},
             probe);
  if (expected.count("back") != 0)
    check_words(lab_take_back(), expected["back"]);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4)
    return 2;
  const int edits = std::atoi(arguments[3]);
  int failed = 0;
  for (int i = 1; i <= edits; ++i) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      const int code = run_edit(std::string(arguments[1]) + "/" + std::to_string(i), arguments[2]);
      std::fflush(stdout);
      _exit(code);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
      std::printf("     FAIL it died of signal %d\n", WTERMSIG(status));
    failed += status == 0 ? 0 : 1;
  }
  std::printf("%d edits, %d failed\n", edits, failed);
  return edits > 0 && failed == 0 ? 0 : 1;
}

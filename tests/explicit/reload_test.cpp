// hr_open, hr_bind, hr_bind_table and hr_reload: what changes together, and what stays when a new
// library does not fit. The program of these tests does not poll.
#include <string>
#include <thread>
#include <vector>

#include "explicit/plug.h"
#include "support/catch.h"

namespace hrwatch::tests {

namespace {

int (*version)(void);
int (*twice)(int);
PlugTable table;

bool says(const hr_library* library, const std::string& words) {
  const hr_failure failure = hr_error(library);
  const std::string text = std::string(failure.what) + "\n" + failure.why + "\n" + failure.fix;
  INFO(text);
  CHECK(*failure.what != '\0');
  CHECK(*failure.why != '\0');
  CHECK(*failure.fix != '\0');
  return text.find(words) != std::string::npos;
}

// An opened and bound library, everything as it was at first when it goes.
struct Bound {
  explicit Bound(const Plug& plug, const hr_hooks* hooks = nullptr)
      : library(hr_open_with(plug.path().c_str(), hooks)) {
    hr_bind(library, "plug_version", &version);
    hr_bind(library, "plug_twice", &twice);
    hr_bind_table(library, "plug_table", &table);
  }

  ~Bound() {
    hr_close(library);
    version = nullptr;
    twice = nullptr;
    table = {};
  }

  hr_library* library;
};

bool everything_is(int number) {
  return version != nullptr && version() == number && twice != nullptr && twice(4) == 8 &&
         table.version == number && table.version_again == number && table.plus(1) == 1 + number;
}

}  // namespace

TEST_CASE("pointers and tables lead to the newest library") {
  const Plug plug("swap");
  plug.truncate("1");
  const Bound bound(plug);
  CHECK(hr_status(bound.library) == HR_LIBRARY_OK);
  CHECK(hr_loaded(bound.library) == 0);
  CHECK(everything_is(1));
  SECTION("renamed over") {
    plug.rename("2");
  }
  SECTION("removed and created") {
    plug.unlink_and_create("2");
  }
  SECTION("truncated and written") {
    plug.truncate("2");
  }
  CHECK(hr_reload(bound.library) == 1);
  CHECK(everything_is(2));
  CHECK(hr_status(bound.library) == HR_LIBRARY_OK);
  CHECK(hr_loaded(bound.library) == 1);
  CHECK(std::string(hr_error(bound.library).what).empty());
  plug.rename("1");
  CHECK(hr_reload(bound.library) == 1);
  CHECK(everything_is(1));
}

TEST_CASE("the same content is not loaded again") {
  const Plug plug("same");
  plug.truncate("1");
  const Bound bound(plug);
  plug.rename("1");
  CHECK(hr_reload(bound.library) == 0);
  CHECK(hr_status(bound.library) == HR_LIBRARY_OK);
  CHECK(hr_loaded(bound.library) == 0);
}

TEST_CASE("old code runs on after its file is gone, and statics are each library's own") {
  const Plug plug("old");
  plug.truncate("1");
  const Bound bound(plug);
  int (*calls)(void) = nullptr;
  REQUIRE(hr_bind(bound.library, "plug_calls", &calls) == 1);
  CHECK(calls() == 1);
  int (*const old)(void) = calls;
  plug.unlink_and_create("2");
  CHECK(hr_reload(bound.library) == 1);
  CHECK(calls() == 1);
  CHECK(old() == 2);
}

TEST_CASE("whatever does not fit leaves everything as it was") {
  const Plug plug("unfit");
  plug.truncate("1");
  const Bound bound(plug);
  const hr_view* const view = hr_look(bound.library);
  std::string words;
  SECTION("a function that is bound is gone") {
    plug.rename("lacks");
    words = "has no function plug_twice";
  }
  SECTION("a table is too small") {
    plug.rename("small");
    words = "it has 16 bytes, and the program reads 24";
  }
  SECTION("a symbol is undefined") {
    plug.rename("undefined");
    words = "undefined symbol: nobody_defines_this";
  }
  SECTION("a static initialiser throws") {
    plug.rename("throws");
    words = "no configuration found";
  }
  SECTION("it is no library") {
    plug.folder().write(Plug::name, "#!/bin/sh\necho no library\n");
    words = "it is not an ELF file";
  }
  CHECK(hr_reload(bound.library) == 0);
  CHECK(hr_status(bound.library) == HR_LIBRARY_ERROR);
  CHECK(says(bound.library, words));
  CHECK(says(bound.library, plug.path()));
  CHECK(hr_look(bound.library) == view);
  CHECK(hr_loaded(bound.library) == 0);
  CHECK(everything_is(1));
  plug.rename("2");
  CHECK(hr_reload(bound.library) == 1);
  CHECK(everything_is(2));
}

TEST_CASE("a library whose initialiser threw leaves the dynamic linker usable") {
  const Plug plug("throws");
  plug.truncate("throws");
  hr_library* library = hr_open(plug.path().c_str());
  CHECK(hr_status(library) == HR_LIBRARY_ERROR);
  std::thread([&] {
    plug.rename("1");
    CHECK(hr_reload(library) == 1);
  }).join();
  CHECK(hr_loaded(library) == 0);
  hr_close(library);
}

TEST_CASE("a half-written library is recognised at every length") {
  const Plug plug("half");
  plug.truncate("1");
  const Bound bound(plug);
  const std::string whole = hrwatch::tests::plug("2");
  for (std::size_t size = 0; size < whole.size(); size += 997) {
    plug.folder().write(Plug::name, whole.substr(0, size));
    INFO(size);
    CHECK(hr_reload(bound.library) == 0);
    CHECK(hr_status(bound.library) == HR_LIBRARY_WAITING);
    CHECK(everything_is(1));
  }
  CHECK(says(bound.library, "it is half written"));
  plug.folder().write(Plug::name, whole);
  CHECK(hr_reload(bound.library) == 1);
  CHECK(everything_is(2));
}

TEST_CASE("a library that comes later sets what was bound before") {
  const Plug plug("later");
  const Bound bound(plug);
  CHECK(hr_status(bound.library) == HR_LIBRARY_WAITING);
  CHECK(says(bound.library, "is not there yet"));
  CHECK(hr_loaded(bound.library) == -1);
  CHECK(hr_look(bound.library) == nullptr);
  CHECK(version == nullptr);
  CHECK(hr_reload(bound.library) == 0);
  plug.rename("1");
  CHECK(hr_reload(bound.library) == 1);
  CHECK(everything_is(1));
}

TEST_CASE("a name that is missing when it is bound is an error, and is set when it comes") {
  const Plug plug("missing");
  plug.truncate("lacks");
  const Bound bound(plug);
  CHECK(version() == 4);
  CHECK(twice == nullptr);
  CHECK(hr_status(bound.library) == HR_LIBRARY_ERROR);
  CHECK(says(bound.library, "has no function plug_twice"));
  SECTION("it comes") {
    plug.rename("2");
    CHECK(hr_reload(bound.library) == 1);
    CHECK(everything_is(2));
  }
  SECTION("it is not wanted any more") {
    CHECK(hr_unbind(bound.library, &twice) == 1);
    CHECK(hr_unbind(bound.library, &twice) == 0);
    CHECK(hr_reload(bound.library) == 0);
    CHECK(hr_status(bound.library) == HR_LIBRARY_OK);
  }
  SECTION("the file is touched") {
    plug.rename("lacks");
    CHECK(hr_reload(bound.library) == 0);
    CHECK(hr_status(bound.library) == HR_LIBRARY_ERROR);
  }
}

TEST_CASE("what is bound as the wrong kind is named") {
  const Plug plug("kind");
  plug.truncate("1");
  hr_library* library = hr_open(plug.path().c_str());
  int (*not_a_function)(void) = nullptr;
  CHECK(hr_bind(library, "plug_table", &not_a_function) == 0);
  CHECK(not_a_function == nullptr);
  CHECK(says(library, "is data, not a function"));
  PlugTable not_a_table = {};
  CHECK(hr_bind_table(library, "plug_version", &not_a_table) == 0);
  CHECK(not_a_table.plus == nullptr);
  CHECK(says(library, "is a function, not a table"));
  CHECK(hr_bind_table(library, "plug_table", &not_a_table, 4096) == 0);
  CHECK(says(library, "4096"));
  // The C library has it; the library itself has not.
  int (*of_another)(const char*) = nullptr;
  CHECK(hr_bind(library, "puts", &of_another) == 0);
  CHECK(of_another == nullptr);
  hr_close(library);
}

TEST_CASE("a view is of one load, whatever comes after it") {
  const Plug plug("view");
  plug.truncate("1");
  const Bound bound(plug);
  const hr_view* const first = hr_look(bound.library);
  plug.rename("2");
  CHECK(hr_reload(bound.library) == 1);
  const hr_view* const second = hr_look(bound.library);
  CHECK(first != second);
  CHECK(HR_SEEN(first, version)() == 1);
  CHECK(HR_SEEN(second, version)() == 2);
  const auto* const old_table = static_cast<const PlugTable*>(hr_view_table(first, &table));
  REQUIRE(old_table != nullptr);
  CHECK(old_table->version == 1);
  CHECK(old_table->plus(1) == 2);
  CHECK(hr_view_function(first, &old_table) == nullptr);
  CHECK(hr_view_table(first, &version) == nullptr);
}

namespace {

struct Steps {
  std::vector<std::string> seen;
  bool wanted = true;
  bool throws = false;
};

hr_hooks hooks_to(Steps& steps) {
  hr_hooks hooks = {};
  hooks.struct_size = sizeof(hooks);
  hooks.user = &steps;
  hooks.freeze = [](hr_library*, void* user) {
    static_cast<Steps*>(user)->seen.push_back("freeze " + std::to_string(version ? version() : 0));
  };
  hooks.load = [](hr_library* library, void* user) {
    Steps& here = *static_cast<Steps*>(user);
    const auto coming = reinterpret_cast<int (*)()>(hr_symbol(library, "plug_version"));
    here.seen.push_back("load " + std::to_string(coming()) + " over " +
                        std::to_string(version ? version() : 0) + " " +
                        std::to_string(hr_loaded(library)));
    CHECK(hr_close(library) == 0);
    if (here.throws)
      throw 1;
    return here.wanted ? 1 : 0;
  };
  hooks.thaw = [](hr_library*, void* user) {
    static_cast<Steps*>(user)->seen.push_back("thaw " + std::to_string(version ? version() : 0));
  };
  return hooks;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("hooks run around the swap, in order, and can refuse") {
  Steps steps;
  const hr_hooks hooks = hooks_to(steps);
  const Plug plug("hooks");
  plug.truncate("1");
  const Bound bound(plug, &hooks);
  CHECK(steps.seen == Words{"freeze 0", "load 1 over 0 -1", "thaw 0"});
  steps.seen.clear();
  plug.rename("2");
  CHECK(hr_reload(bound.library) == 1);
  CHECK(steps.seen == Words{"freeze 1", "load 2 over 1 0", "thaw 2"});
  steps.seen.clear();
  plug.rename("3");
  steps.wanted = false;
  CHECK(hr_reload(bound.library) == 0);
  CHECK(says(bound.library, "load hook returned 0"));
  CHECK(steps.seen == Words{"freeze 2", "load 3 over 2 1", "thaw 2"});
  CHECK(everything_is(2));
  CHECK(hr_status(bound.library) == HR_LIBRARY_ERROR);
}

TEST_CASE("a load hook that throws refuses") {
  Steps steps;
  const hr_hooks hooks = hooks_to(steps);
  const Plug plug("hooks");
  plug.truncate("2");
  const Bound bound(plug, &hooks);
  steps.seen.clear();
  plug.rename("3");
  steps.throws = true;
  CHECK(hr_reload(bound.library) == 0);
  CHECK(says(bound.library, "load hook threw"));
  CHECK(steps.seen == Words{"freeze 2", "load 3 over 2 0", "thaw 2"});
  CHECK(everything_is(2));
  CHECK(hr_status(bound.library) == HR_LIBRARY_ERROR);
}

TEST_CASE("hooks whose size was forgotten are hooks all the same") {
  Steps steps;
  hr_hooks hooks = hooks_to(steps);
  const Plug plug("forgotten");
  plug.truncate("1");
  hooks.struct_size = 8;  // of no version
  CHECK(hr_open_with(plug.path().c_str(), &hooks) == nullptr);
  CHECK(steps.seen.empty());
  hooks.struct_size = 0;
  const Bound bound(plug, &hooks);
  CHECK(steps.seen == Words{"freeze 0", "load 1 over 0 -1", "thaw 0"});
}

TEST_CASE("the program is told, in order") {
  const Plug plug("events");
  plug.truncate("1");
  Words told;
  const hr_library* about = nullptr;
  const auto listener = hr::on_event([&](const hr_event& event) {
    if (event.library == nullptr)
      return;
    about = event.library;
    CHECK(std::string(event.module) == "plug");
    switch (event.kind) {
      case HR_EVENT_LIBRARY:
        told.push_back("state " + std::to_string(event.library_state));
        break;
      case HR_EVENT_RELOADING:
        told.push_back("reloading " + std::to_string(version()));
        break;
      case HR_EVENT_RELOADED:
        told.push_back("reloaded " + std::to_string(version()));
        break;
      case HR_EVENT_REFUSED:
        told.push_back("refused");
        break;
      default:
        told.push_back("?");
        break;
    }
  });
  const Bound bound(plug);
  CHECK(told == Words{"state 2", "state 3"});
  told.clear();
  plug.rename("2");
  hr_reload(bound.library);
  CHECK(told == Words{"state 2", "reloading 1", "state 3", "reloaded 2"});
  CHECK(about == bound.library);
  told.clear();
  plug.rename("lacks");
  hr_reload(bound.library);
  hr_reload(bound.library);
  CHECK(told == Words{"state 2", "state 4", "refused", "state 2", "state 4", "refused"});
}

// Before the next one, which loads what is missing here.
TEST_CASE("what a library needs and does not find is named") {
  const Plug plug("nowhere");
  plug.truncate("needs_1");
  hr_library* library = hr_open(plug.path().c_str());
  CHECK(hr_status(library) == HR_LIBRARY_ERROR);
  CHECK(says(library, "libplug_beside.so: cannot open shared object file"));
  hr_close(library);
}

TEST_CASE("a library finds what lies beside it, though its copy lies elsewhere") {
  const Plug plug("origin");
  plug.folder().write("beside/libplug_beside.so", hrwatch::tests::plug("beside"));
  plug.truncate("needs_1");
  hr_library* library = hr_open(plug.path().c_str());
  int (*beside)(void) = nullptr;
  CHECK(hr_bind(library, "plug_beside", &beside) == 1);
  REQUIRE(beside != nullptr);
  CHECK(beside() == 41);
  plug.rename("needs_2");
  CHECK(hr_reload(library) == 1);
  CHECK(beside() == 42);
  hr_close(library);
}

TEST_CASE("a hot module can be opened by path, and is then none of the tool's") {
  const Plug plug("hot");
  plug.folder().write(Plug::name, file(HR_TEST_TINY_1));
  hr_library* library = hr_open(plug.path().c_str());
  int (*number)(void) = nullptr;
  CHECK(hr_bind(library, "tiny_version", &number) == 1);
  REQUIRE(number != nullptr);
  CHECK(number() == 1);
  CHECK(hr_generation("tiny") == -1);
  CHECK(hr_enabled() == 0);
  plug.folder().replace(Plug::name, file(HR_TEST_TINY_2));
  CHECK(hr_reload(library) == 1);
  CHECK(number() == 2);
  CHECK(hr_unload(library, HR_UNLOAD_OLD) == 0);
  CHECK(number() == 2);
  hr_close(library);
}

TEST_CASE("a library may be closed where its news are told, and is silent from then on") {
  const Plug plug("closing");
  plug.truncate("1");
  hr_library* library = hr_open(plug.path().c_str());
  int closed = 0;
  int told_after = 0;
  const auto first = hr::on_event([&](const hr_event& event) {
    if (event.kind == HR_EVENT_RELOADING)
      closed += hr_close(event.library);
  });
  const auto second = hr::on_event([&](const hr_event& event) {
    if (event.kind == HR_EVENT_RELOADED)
      CHECK(hr_status(event.library) == HR_LIBRARY_OK);
  });
  plug.rename("2");
  SECTION("in its callback, from which it is refused: it is in use") {
    CHECK(hr_reload(library) == 1);
    CHECK(closed == 0);
    CHECK(hr_close(library) == 1);
  }
  SECTION("before") {
    CHECK(hr_close(library) == 1);
    const auto third = hr::on_event([&](const hr_event&) { ++told_after; });
    hr_library* other = hr_open(plug.path().c_str());
    plug.rename("3");
    CHECK(told_after == 2);  // of the other one: loading, ok
    hr_close(other);
    CHECK(closed == 0);
  }
}

TEST_CASE("nothing is asked of a NULL") {
  CHECK(hr_open(nullptr) == nullptr);
  CHECK(hr_close(nullptr) == 0);
  CHECK(hr_reload(nullptr) == 0);
  CHECK(hr_watch(nullptr) == 0);
  CHECK(hr_status(nullptr) == 0);
  CHECK(hr_loaded(nullptr) == -1);
  CHECK(hr_unload(nullptr, HR_UNLOAD_ALL) == -1);
  CHECK(hr_look(nullptr) == nullptr);
  CHECK(hr_symbol(nullptr, "x") == nullptr);
  CHECK(std::string(hr_error(nullptr).what).empty());
}

}  // namespace hrwatch::tests

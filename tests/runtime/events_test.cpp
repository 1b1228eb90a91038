#include "src/events.h"

#include <stdexcept>
#include <string>

#include "support/catch.h"

using namespace hr;
using runtime::Event;
using runtime::Listeners;

namespace {

void append(const hr_event* event, void* user) {
  CHECK(event->struct_size == sizeof(hr_event));
  *static_cast<std::string*>(user) +=
      std::to_string(event->kind) + event->module + event->what + event->why + event->fix + ";";
}

void throws(const hr_event*, void*) {
  throw std::runtime_error("a callback's own trouble");
}

struct Remover {
  Listeners* listeners;
  std::string* other;
};

void remove_other(const hr_event*, void* user) {
  const auto& remover = *static_cast<Remover*>(user);
  remover.listeners->remove(append, remover.other);
}

void diagnose(const hr_event* event, void* user) {
  REQUIRE(event->diagnostic_count == 2);
  const hr_diagnostic& second = event->diagnostics[1];
  *static_cast<std::string*>(user) = std::string(second.file) + std::to_string(second.line) +
                                     std::to_string(second.column) + second.severity +
                                     second.message;
}

}  // namespace

TEST_CASE("Every listener hears every event, in order of registration") {
  Listeners listeners;
  std::string first;
  std::string second;
  CHECK(listeners.add(append, &first));
  CHECK(listeners.add(append, &second));
  Event event;
  event.kind = HR_EVENT_REFUSED;
  event.module = "game";
  event.failure = {"w", "y", "f"};
  listeners.tell(event);
  CHECK(first == "3gamewyf;");
  CHECK(second == first);
}

TEST_CASE("A pair is registered once, and can be taken back") {
  Listeners listeners;
  std::string heard;
  CHECK(listeners.add(append, &heard));
  CHECK_FALSE(listeners.add(append, &heard));
  CHECK_FALSE(listeners.add(nullptr, nullptr));
  listeners.tell({});
  CHECK(listeners.remove(append, &heard));
  CHECK_FALSE(listeners.remove(append, &heard));
  listeners.tell({});
  CHECK(heard == "2;");
}

TEST_CASE("What a callback throws stays inside, and the next one is called") {
  Listeners listeners;
  std::string heard;
  listeners.add(throws, nullptr);
  listeners.add(append, &heard);
  listeners.tell({});
  CHECK(heard == "2;");
}

TEST_CASE("A listener taken back by an earlier one is not called") {
  Listeners listeners;
  std::string heard;
  Remover remover{&listeners, &heard};
  listeners.add(remove_other, &remover);
  listeners.add(append, &heard);
  listeners.tell({});
  CHECK(heard.empty());
}

TEST_CASE("Listeners whose code is unloaded are forgotten") {
  Listeners listeners;
  std::string heard;
  listeners.add(append, &heard);
  const auto code = reinterpret_cast<runtime::Pointer>(&append);
  listeners.forget(code + 1, code + 100);
  listeners.tell({});
  listeners.forget(code, code + 1);
  listeners.tell({});
  CHECK(heard == "2;");
}

TEST_CASE("Diagnostics arrive whole") {
  Listeners listeners;
  std::string heard;
  listeners.add(diagnose, &heard);
  Event event;
  event.kind = HR_EVENT_BUILD_FAILED;
  event.diagnostics = {{"a.c", 1, 2, "note", "n"}, {"b.c", 30, 4, "error", "e"}};
  listeners.tell(event);
  CHECK(heard == "b.c304errore");
}

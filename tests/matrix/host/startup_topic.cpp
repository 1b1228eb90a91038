#include <map>

#include "startup.h"
#include "topics.h"

namespace {

// The module's constructors run before the host's own: built at the first call.
std::map<std::string, int>& registrations() {
  static std::map<std::string, int> counts;
  return counts;
}

class StartupTopic : public Topic {
 public:
  void check(Report& report, int version) override {
    ++reloads_;
    report.check("registrar did not register again",
                 host_registrations("first") == 1 && host_registrations("second") == 1);
    report.check("dynamic initialiser did not run again", host_registrations("compute") == 1);
    report.check("registrars keep their state", registered_value() == 1001 * (1 + reloads_));
    report.check("dynamically initialised static keeps its value",
                 dynamic_value() == 30 + reloads_);
    report.check("new registrar registered once",
                 host_registrations("late") == (reloads_ >= 1 ? 1 : 0));
    const int late = late_object_value();
    late_ += version >= 2;
    report.check("new static object", late == (version >= 2 ? 1 + late_ : -1));
    const int size = late_vector_size();
    vector_ += version >= 3;
    report.check("new static vector", size == (version >= 3 ? 5 + vector_ : -1));
    report.check("new global string",
                 late_text() == (version >= 4 ? "late and long enough to be on the heap" : ""));
    report.check("new object captured a living address",
                 late_captured() == (version >= 4 ? captured_ : nullptr));
    report.check("older static keeps its address", captured_address() == captured_);
  }

 private:
  int reloads_ = 0, late_ = 0, vector_ = 0;
  const void* captured_ = captured_address();
};

}  // namespace

void host_register(const char* who) {
  ++registrations()[who];
}

int host_registrations(const char* who) {
  const auto found = registrations().find(who);
  return found == registrations().end() ? 0 : found->second;
}

std::unique_ptr<Topic> make_startup_topic() {
  return std::make_unique<StartupTopic>();
}

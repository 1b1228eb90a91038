#include <cstring>

#include "plain.h"
#include "topics.h"

namespace {

int add_to(void* user, int x) {
  return *static_cast<int*>(user) += x;
}

class PlainTopic : public Topic {
 public:
  void check(Report& report, int version) override {
    ++reloads_;
    report.check("C: call", plain_version() == version);
    report.check("C: two statics of one name, moved",
                 plain_count_first() == 1000 + reloads_ && plain_count_second() == 2000 + reloads_);
    report.check("C: edited const table", plain_table(4) == (version >= 2 ? 13 : 11));
    report.check("C: uninitialised array", plain_common[0] == reloads_);
    report.check("C: statics and globals", plain_update(1) == 3 + version + 1000 * (9 + reloads_) &&
                                               plain_exported == 20 + reloads_);
    report.check("C: struct of function pointers", plain_functions.update(2) == 6 + version);
    report.check("C: function pointer kept by the host", update_(2) == 6 + version);
    report.check("C: static function compares equal",
                 plain_is_update(update_) && plain_functions.update == update_);
    report.check(
        "C: literal behind a function pointer",
        std::strcmp(plain_functions.label(), version >= 3 ? "new label" : "old label") == 0);
    report.check("C: callback with user data", plain_call(&add_to, &user_, 2) == user_ + version);
    report.check("C: computed goto",
                 plain_goto(1) == 200 + version && plain_goto(2) == 300 + version);
    const double before = plain_union(0);
    report.check("C: static union", before == union_);
    union_ = plain_union(1);
    report.check("C: static union written", union_ == version + 0.5);
  }

 private:
  int reloads_ = 0, user_ = 0;
  double union_ = 0;
  int (*update_)(int) = plain_functions.update;
};

}  // namespace

std::unique_ptr<Topic> make_plain_topic() {
  return std::make_unique<PlainTopic>();
}

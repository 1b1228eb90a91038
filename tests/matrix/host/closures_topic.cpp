#include "closures.h"
#include "topics.h"

namespace {

class ClosureTopic : public Topic {
 public:
  ClosureTopic() {
    kept_closure(0, 0);  // fills the module's own list
  }

  void check(Report& report, int version) override {
    report.check("live closure with a capture", scaler_(5) == 10 + 100 * version);
    report.check("copy of a live closure",
                 std::function<int(int)>(scaler_)(1) == 2 + 100 * version);
    const std::string expected = greeted_ + " of version " + std::to_string(version);
    report.check("live closure with a string", greeting_() == expected);
    report.check("new closure with a string", make_greeting(greeted_)() == expected);
    report.check("lambda inserted or removed: first live one", kept_closure(0, 10) == 11);
    report.check("lambda inserted or removed: second live one", kept_closure(1, 10) == 12);
    report.check("changed captures: live closure keeps its code", weighted_(2) == 6);
    const int factor = version >= 4 ? 2 : 1;
    report.check("changed captures: new closure", make_weighted(3)(2) == 6 * factor);
    report.check("std::bind of a static function", bound_(4) == 12 + version);
    report.check("generic lambda", generic_sum() == 2 * version + 1);
    report.check("closure as a function pointer", captureless_(2) == 14 + version);
    report.check("closure as a new function pointer", captureless()(2) == 14 + version);
    if (version == 4)
      newer_ = make_weighted(3);
    report.check("closure of a middle version", !newer_ || newer_(2) == 12);
  }

 private:
  const std::string greeted_ = "a greeting that is long enough for the heap";
  std::function<int(int)> scaler_ = make_scaler(2);
  std::function<std::string()> greeting_ = make_greeting(greeted_);
  std::function<int(int)> weighted_ = make_weighted(3);
  std::function<int(int)> bound_ = make_bound(3);
  std::function<int(int)> newer_;
  int (*captureless_)(int) = captureless();
};

}  // namespace

std::unique_ptr<Topic> make_closure_topic() {
  return std::make_unique<ClosureTopic>();
}

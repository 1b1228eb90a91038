#include "calls.h"
#include "topics.h"

int host_counter = 0;

int host_answer(int x) {
  return x * 1000;
}

namespace {

class CallTopic : public Topic {
 public:
  void check(Report& report, int version) override {
    report.check("call through the PLT", scale(7) == 7 * version);
    report.check("call inside the module", scale_twice(2) == 2 * version * version);
    report.check("stored pointer to an exported function", exported_(7) == 7 * version);
    report.check("stored pointer to a static function", hidden_(1) == 1 + version);
    report.check("exported function's address is the host's", exported_ == &scale);
    report.check("static function compares equal", is_hidden_operation(hidden_));
    report.check("static function's address is the old one", hidden_operation() == hidden_);
    report.check("exported function in a mutable table", buttons[0].pressed == exported_);
    report.check("static function in a mutable table", buttons[1].pressed == hidden_);
    report.check("module finds both in its table",
                 buttons_pointing_at(hidden_) == 1 && buttons_pointing_at(exported_) == 1);
    report.check("static function in an exported const table", operations[0] == hidden_);
    report.check("exported function in an exported const table", operations[2] == exported_);
    report.check("static function in a static pointer", chosen_operation() == hidden_);
    report.check("static function in a static const table", table_entry(1) == hidden_);
    report.check("exported function in a static const table", table_entry(2) == exported_);
    report.check("call through a const table", operations[1](10) == 10 - version);
    const int before = host_counter;
    report.check("module calls back into the host", ask_host(2) == 2000 + version);
    report.check("module writes the host's variable", host_counter == before + 1);
    check_retired(report, version);
    report.check("variadic function", variadic_sum(3, 1, 2, 3) == 6 + version);
    const double sum = weighted(2.0, 0.5F, 3, "A");
    report.check("arguments of every register class", sum == 2.0 * version + 68.5);
    const Big big = big_value(1);
    report.check("value returned in memory",
                 big.words[0] == version && big.words[5] == 6 * version);
  }

 private:
  void check_retired(Report& report, int version) {
    if (version == 5) {
      report.check("function that is gone keeps its old body", retired_(1) == 401);
      report.check("function that is gone has no new address", retired_operation() == nullptr);
    } else {
      report.check("pointer to a function that may go", retired_(1) == 1 + 100 * version);
      report.check("address of a function that may go", retired_operation() == retired_);
    }
  }

  Operation exported_ = &scale;
  Operation hidden_ = hidden_operation();
  Operation retired_ = retired_operation();
};

}  // namespace

std::unique_ptr<Topic> make_call_topic() {
  return std::make_unique<CallTopic>();
}

#include <cstring>

#include "tables.h"
#include "topics.h"

namespace {

class TableTopic : public Topic {
 public:
  TableTopic() {
    set_kept(6);
    ranged_ = sum_of_ranged();
    longs_ = sum_of_ranged_longs();
    locals_ = sum_of_local_ranged();
  }

  void check(Report& report, int version) override {
    check_ranges(report);
    check_constants(report, version);
    check_initialisers(report, version);
  }

 private:
  void check_ranges(Report& report) {
    report.check("range-for over a static array", sum_of_ranged() == (ranged_ += 4));
    report.check("range-for over a static array of longs", sum_of_ranged_longs() == (longs_ += 3));
    report.check("range-for over a static of a function", sum_of_local_ranged() == (locals_ += 5));
    const int first = ranged_ / 4 + 1 - 2;  // elements a, a+1, a+2, a+3 after the sum was taken
    const int digits[] = {(first + 4) % 10, (first + 3) % 10, (first + 2) % 10, (first + 1) % 10};
    report.check("loop from the end of an array",
                 backwards() == ((digits[0] * 10 + digits[1]) * 10 + digits[2]) * 10 + digits[3]);
  }

  void check_constants(Report& report, int version) {
    const int limit = version >= 2 && version <= 4 ? 31 : 30;
    report.check("edited const table in the module", limits_in_module()[2] == limit);
    report.check("edited const table by its old address", old_limits_[2] == limit);
    report.check("edited const table in the host", limits[2] == limit);
    report.check("const table of structs",
                 std::strcmp(rules[0].text, version == 3 ? "double" : "add") == 0);
    const int applied = rules[0].apply(4);
    report.check("function of a const table", applied == (version == 3 ? 8 : 4 + version));
    const bool grown = version >= 3;
    report.check("static const table that grows",
                 hidden_constant(3) == (grown ? 7 + 600 : 13 + 400));
    report.check("switch over literals",
                 std::strcmp(level_name(1), version >= 2 ? "one or more" : "one") == 0 &&
                     std::strcmp(level_name(5), "five") == 0);
  }

  void check_initialisers(Report& report, int version) {
    const int wanted = version == 1 ? 4 : version <= 3 ? 9 : 16;
    const int now = tuning();
    report.check("edited initialiser", now == wanted);
    report.check("edited initialiser of an exported variable",
                 exported_tuning_value() == 100 * wanted && exported_tuning == 100 * wanted);
    const char* text = version == 1 ? "four" : version <= 3 ? "nine" : "sixteen";
    report.check("edited pointer to a literal", std::strcmp(tuned_text(), text) == 0);
    report.check("edited member of a static struct",
                 tuned_fields() == 2 + (version >= 3 ? 0.75 : 0.5));
    report.check("unedited initialiser keeps the live value", set_kept(6 + version) == kept_);
    kept_ = 6 + version;
  }

  int ranged_ = 0, longs_ = 0, locals_ = 0, kept_ = 6;
  const int* old_limits_ = limits_in_module();
};

}  // namespace

std::unique_ptr<Topic> make_table_topic() {
  return std::make_unique<TableTopic>();
}

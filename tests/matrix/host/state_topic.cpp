#include <dlfcn.h>

#include <cstdlib>

#include "state.h"
#include "topics.h"

namespace {

// True when `data` lies in the program itself and not in a library.
bool is_in_program(const void* data) {
  static const int of_program = 0;
  Dl_info place = {}, program = {};
  return dladdr(data, &place) != 0 && dladdr(&of_program, &program) != 0 &&
         place.dli_fbase == program.dli_fbase;
}

class StateTopic : public Topic {
 public:
  StateTopic() {
    exported_counter += 100;
    registry()["kept"] = 77;
    title += ", changed while it ran";
    described_ = title;
  }

  void check(Report& report, int version) override {
    ++reloads_;
    check_globals(report, version);
    check_places(report);
    if (std::getenv("HR_ROW_EXPECTS_COPY") != nullptr)
      report.check("exported variable lives in the program (COPY relocation)",
                   is_in_program(counter_address()));
  }

 private:
  void check_globals(Report& report, int version) {
    const int counted = count_up();
    report.check("statics of several kinds count on",
                 counted == version * 10000 + (3 + reloads_) * 100 + 1 + reloads_);
    report.check("exported variable", exported_counter == 110 + reloads_);
    report.check("exported variable's address", counter_address() == &exported_counter);
    report.check("class member static", &Holder::member() == member_ && *member_ == 3 + reloads_);
    report.check("vector", log_lines.size() == 1U + static_cast<unsigned>(reloads_) &&
                               log_lines.back().back() == '0' + version);
    report.check("string", title == described_);
    report.check("module reads the same containers",
                 describe() == described_ + '/' + std::to_string(log_lines.size()));
  }

  void check_places(Report& report) {
    report.check("file static", same_named_static() == 1 + reloads_);
    report.check("same name in another file", north_static() == 1 + 3 * reloads_);
    report.check("same name in a file of the same name", south_static() == 50 + 3 * reloads_);
    report.check("unnamed namespace", unnamed_namespace_variable() == 5 + reloads_);
    report.check("inline variable and static of an inline function",
                 inline_places() == 100 + reloads_ + 1000 * (11 + reloads_));
    report.check("host's view of inline variables",
                 shared_inline_counter() == 100 + reloads_ && inline_variable == 11 + reloads_);
    report.check("static members of templates", template_place() == (7 + reloads_) * 1001);
    report.check("plain and guarded statics of a function",
                 local_statics() == reloads_ + 1000 * (3 + reloads_));
    report.check("two statics of one name in one function",
                 same_named_locals() == 10 + reloads_ + 1000 * (20 + reloads_));
    report.check("map kept, by the same address", &registry() == registry_);
    report.check("map's content", registry_->at("kept") == 77 && registry_->at("first") == 1);
    report.check(
        "static struct with bit-fields",
        fields() == 1 + 10 * (2 + reloads_) + 1000 * (5 + reloads_) + 100000 * (0 + reloads_));
    report.check("arrays of small types",
                 unaligned_sum() == ('l' + reloads_) * 100 + 5 + 2 * reloads_);
    report.check("address inside an array", interior_pointer() == interior_);
    report.check("static pointer to a static", pointer_to_static() == 5 + reloads_);
  }

  int reloads_ = 0;
  int* member_ = &Holder::member();
  std::map<std::string, int>* registry_ = &registry();
  const void* interior_ = interior_pointer();
  std::string described_;
};

}  // namespace

std::unique_ptr<Topic> make_state_topic() {
  return std::make_unique<StateTopic>();
}

#include <cstring>
#include <string>
#include <typeinfo>
#include <utility>

#include "objects.h"
#include "topics.h"

namespace {

class ObjectTopic : public Topic {
 public:
  ObjectTopic() {
    shape_->width = 5;
    as_sized(*shape_)->scale = 2;
  }

  void check(Report& report, int version) override {
    check_virtual_calls(report, version);
    check_type_information(report);
    check_exceptions(report, version);
  }

 private:
  void check_virtual_calls(Report& report, int version) {
    report.check("virtual call on a live object", shape_->area() == 5 * 3 * 2 * version);
    const Sized* sized = shape_.get();
    report.check("virtual call through a second base", sized->area() == 30 * version);
    report.check("virtual function that returns a literal",
                 shape_->name()[6] == '0' + (version > 4 ? 4 : version));
    report.check("live object with a virtual base", diamond_->depth() == 3 + 10 * version);
    report.check("new object", make_shape()->area() == 6 * version);
    report.check("new object with a virtual base", make_diamond()->depth() == 3 + 10 * version);
    const int dead = destroyed_hidden();
    delete std::exchange(hidden_, make_hidden());
    report.check("live object destroyed through its base", destroyed_hidden() == dead + 1);
    report.check("live object of an unnamed class", std::strcmp(hidden_->name(), "hidden") == 0);
  }

  void check_type_information(Report& report) {
    report.check("dynamic_cast and typeid of a live object", is_shape(*shape_));
    report.check("dynamic_cast of a live unnamed class", is_hidden(*hidden_));
    report.check("dynamic_cast to a sibling", as_sized(*shape_) == static_cast<Sized*>(&*shape_));
    const std::unique_ptr<Shape> fresh = make_shape();
    const Shape& young = *fresh;
    const Shape& old = *shape_;
    report.check("typeid of old and new object in the host",
                 typeid(young) == typeid(old) && typeid(young) == typeid(Shape));
    report.check("dynamic_cast in the host", dynamic_cast<Named*>(static_cast<Sized*>(&*fresh)));
  }

  void check_exceptions(Report& report, int version) {
    bool caught = false;
    try {
      throw_mishap(1);
    } catch (const Mishap& mishap) {
      caught = mishap.what() == "mishap " + std::to_string(version);
    }
    report.check("host catches the module's type", caught);
    caught = false;
    try {
      throw_mishap(1);
    } catch (const std::exception&) {
      caught = true;
    }
    report.check("host catches the base class", caught);
    report.check("module catches its unnamed type", catch_hidden(&throw_hidden) == version);
    report.check("old thrower, new catcher", catch_hidden(thrower_) == version);
    report.check("module catches what the host throws",
                 catch_from_host([] { throw std::runtime_error("host"); }) == version);
    report.check("module catches its type thrown by the host",
                 catch_from_host([] { throw Mishap("host"); }) == version);
  }

  std::unique_ptr<Shape> shape_ = make_shape();
  std::unique_ptr<Root> diamond_ = make_diamond();
  Named* hidden_ = make_hidden();
  void (*thrower_)() = &throw_hidden;
};

}  // namespace

std::unique_ptr<Topic> make_object_topic() {
  return std::make_unique<ObjectTopic>();
}

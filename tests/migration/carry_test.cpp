// State as text and back: values by name, whatever the layout.
#include "src/carry.h"

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hr/hr.hpp"
#include "support/catch.h"

using namespace hr::runtime;

namespace {

struct Item {
  std::string name;
  int count = 0;
  HR_MEMBERS(Item, name, count);
};

struct Old {
  int number = 0;
  double real = 0;
  bool flag = false;
  char letters[4] = {};
  std::string text, raw;
  std::vector<Item> items;
  std::list<int> listed;
  std::deque<bool> flags;
  std::map<std::string, Item> named;
  std::set<int> all;
  std::unique_ptr<Item> owned, nothing;
  std::optional<int> maybe;
  int* pointer = nullptr;
  std::pair<int, std::string> pair;
  HR_MEMBERS(Old, number, real, flag, letters, text, raw, items, listed, flags, named, all, owned,
             nothing, maybe, pointer, pair);
};

// The same names elsewhere, other sizes, one more and one less.
struct New {
  std::vector<Item> items;
  long number = 5;
  float real = 0;
  int extra = 8;
  char letters[6] = {};
  std::string text, raw;
  std::list<int> listed;
  std::map<std::string, Item> named;
  std::set<int> all;
  std::unique_ptr<Item> owned, nothing;
  std::optional<int> maybe;
  int* pointer = nullptr;
  std::pair<int, std::string> pair;
  HR_MEMBERS(New, items, number, real, extra, letters, text, raw, listed, named, all, owned,
             nothing, maybe, pointer, pair);
};

const hr_type& old_type() {
  return *hr::detail::table_of<Old>();
}

const hr_type& new_type() {
  return *hr::detail::table_of<New>();
}

}  // namespace

TEST_CASE("values go by text into another layout") {
  Old old;
  int target = 0;
  old.number = -7;
  old.real = 2.5;
  old.letters[1] = 'x';
  old.text = "caf\xc3\xa9 \"quoted\"";
  old.raw = std::string("\xff\0\xfe", 3);
  old.items = {{"bow", 1}, {"arrow", 20}};
  old.listed = {1, 2, 3};
  old.named["shield"] = {"oak", 1};
  old.all = {3, 1};
  old.owned = std::make_unique<Item>();
  old.owned->name = "mine";
  old.maybe = 4;
  old.pointer = &target;
  old.pair = {9, "nine"};
  const std::string text = carried_value(old_type(), &old, {}).dump();

  New now;
  now.items = {{"from the constructor", 1}};
  restore_value(new_type(), &now, nlohmann::json::parse(text), {});
  CHECK(now.number == -7);
  CHECK(now.real == 2.5F);
  CHECK(now.extra == 8);
  CHECK(now.letters[1] == 'x');
  CHECK(now.text == old.text);
  CHECK(now.raw == old.raw);
  REQUIRE(now.items.size() == 2);
  CHECK(now.items[1].name == "arrow");
  CHECK(now.items[1].count == 20);
  CHECK(now.listed == old.listed);
  CHECK(now.named["shield"].name == "oak");
  CHECK(now.all == old.all);
  REQUIRE(now.owned != nullptr);
  CHECK(now.owned->name == "mine");
  CHECK(now.nothing == nullptr);
  CHECK(now.maybe == 4);
  CHECK(now.pointer == nullptr);
  CHECK(now.pair.second == "nine");
}

TEST_CASE("text that fits nothing leaves an object as it was constructed") {
  for (
      const char* text :
      {"null", "7", "[]", "{}", R"({"number":"seven","items":3,"owned":1,"all":{},"pair":[]})",
       R"({"items":[1,null,"x"],"named":[1,[2],["a"]],"letters":"abc","number":99999999999999999999})",
       R"({"text":{"hex":"zz"},"maybe":[[]],"number":1.5})"}) {
    INFO(text);
    New now;
    restore_value(new_type(), &now, nlohmann::json::parse(text), {});
    CHECK(now.number == 5);
    CHECK(now.extra == 8);
    CHECK(now.text.empty());
  }
}

TEST_CASE("classes that name nothing have the names that the tool writes") {
  struct Plain {
    int a;
    float b;
    char c[3];
  };

  hr_type type = {};
  type.struct_size = sizeof type;
  type.kind = HR_KIND_RECORD;
  type.flags = HR_TYPE_TRIVIAL | HR_TYPE_TRIVIALLY_DESTROYED;
  type.size = sizeof(Plain);
  type.name = "Plain";
  const ClassNames names(R"({"Plain":[{"name":"a","offset":0,"size":4,"type":"int"},
      {"name":"b","offset":4,"size":4,"type":"float"},
      {"name":"c","offset":8,"size":3,"type":"char [3]"}]})");
  Plain old{3, 0.5F, {'x', 'y', 0}};
  const auto value = carried_value(type, &old, names);
  CHECK(value["a"] == 3);
  CHECK(value["b"] == 0.5);
  Plain now{};
  restore_value(type, &now, value, names);
  CHECK(now.a == 3);
  CHECK(now.b == 0.5F);
  CHECK(std::string(now.c) == "xy");
  CHECK(carried_value(type, &old, ClassNames("{[")).is_null());
}

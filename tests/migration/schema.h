// Types made at run time: a schema is a list of classes with named members; from it come type
// tables whose functions read their own table, and what a tool would say of two schemas'
// difference. A value is what an object of such a type holds, without any memory layout.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hr/state.h"
#include "src/migration_plan.h"

namespace schema {

enum class Kind { integer, floating, boolean, text, record, array, vector, list, map, owner };

struct Type {
  Kind kind = Kind::integer;
  bool is_signed = true;
  std::size_t size = 4;     // of a number
  std::size_t count = 0;    // of an array
  std::string record;       // name
  std::vector<Type> parts;  // element; of a map: key, value

  std::string name() const;
};

struct Member {
  std::string name;
  Type type;
  int initial = 0;  // what a new object has, if it is a number
};

struct Record {
  std::string name;
  std::vector<Member> members;
};

struct Schema {
  std::vector<Record> records;  // each uses only those before it; the last is the state's type

  const Record& find(const std::string& name) const;
};

struct Item;

struct Value {
  std::int64_t number = 0;
  std::string text;
  std::vector<Item> items;
  std::map<std::string, Value> members;
};

struct Item {
  Item(Value key, Value value) : first(std::move(key)), second(std::move(value)) {}

  Value first;  // the key in a map
  Value second;
};

std::string dump(const Value& value);

// The tables of one schema; alive as long as this is.
class Tables {
 public:
  explicit Tables(const Schema& schema);

  const hr_type& of(const Type& type);
  const hr_type& root();

  const Schema& schema() const { return schema_; }

  std::size_t offset(const Record& record, const std::string& member);

  void write(const Type& type, void* object, const Value& value);
  Value read(const Type& type, void* object);

  // The value of a new object.
  Value initial(const Type& type, int number = 0) const;

 private:
  const hr_type& make(const Type& type);

  Schema schema_;
  std::deque<std::shared_ptr<struct Table>> tables_;
  std::map<std::string, const hr_type*> by_name_;
};

// What the tool would say, and what the result must be if it is right.
std::vector<hr::wire::TypeMigration> difference(Tables& before, Tables& after);
Value expected(const Tables& before, const Tables& after, const Type& old_type,
               const Type& new_type, const Value& value, const Value& initial);

// Objects alive that own memory: strings and containers' nodes.
extern long alive;

}  // namespace schema

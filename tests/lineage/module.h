// Descriptions made by hand, one call a thing, and the verdict on two of them.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/lineage.h"
#include "support/catch.h"

namespace made {

using namespace hrwatch::analysis;

inline Key key_of(const std::string& text) {
  return std::hash<std::string>()(text) | 1;
}

// A module as describe() would give it. Addresses must rise from call to call.
class Module {
 public:
  explicit Module(std::string build_id = "new") {
    description_.build_id = std::move(build_id);
    description_.memory_size = 0x8000;
  }

  // Returned references hold until the next call of the same function.
  Function& function(const std::string& name, Address at) {
    Function one;
    one.name = name;
    one.key = key_of(name);
    one.address = at;
    one.size = 0x20;
    one.nop = at;
    one.prototype = "void ()";
    one.body_hash = key_of("body of " + name);
    return description_.functions.emplace_back(one);
  }

  Variable& variable(const std::string& name, Address at, std::uint64_t size = 4,
                     const std::string& type = "int") {
    return description_.variables.emplace_back(make_variable(name, at, size, type));
  }

  Variable& thread_local_(const std::string& name, Address offset, std::uint64_t size = 4,
                          const std::string& type = "int") {
    description_.tls_size = std::max(description_.tls_size, offset + size);
    return description_.thread_locals.emplace_back(make_variable(name, offset, size, type));
  }

  Constant& constant(const std::string& name, Address at, std::uint64_t size,
                     ConstantKind kind = ConstantKind::plain) {
    Constant one;
    one.name = name;
    one.key = key_of(name);
    one.address = at;
    one.size = size;
    one.kind = kind;
    return description_.constants.emplace_back(one);
  }

  Constant& table(const std::string& name, Address at, std::vector<std::string> slots) {
    Constant& one = constant(name, at, 8 * slots.size(), ConstantKind::vtable);
    one.slots = std::move(slots);
    return one;
  }

  TypeLayout& type(const std::string& name, std::uint64_t size, std::vector<Member> members,
                   const std::string& kind = "struct") {
    TypeLayout& layout = description_.types[name];
    layout.kind = kind;
    layout.size = size;
    layout.declared = "game.h:12";
    layout.hash = size;
    for (const Member& member : members) {
      layout.hash = layout.hash * 31 + key_of(member.name + "|" + member.type) + member.offset * 7 +
                    member.type_hash + member.bit_size;
    }
    layout.members = std::move(members);
    return layout;
  }

  void code(Address at, Address target, bool address_taken, std::uint32_t function = 0) {
    description_.code_references.push_back({at, target, -4, function, address_taken});
  }

  void data(Address at, Address target, DataReferenceKind kind = DataReferenceKind::relative) {
    description_.data_references.push_back({at, target, kind});
  }

  Description& raw() { return description_; }

  std::shared_ptr<const Description> description() const {
    return std::make_shared<Description>(description_);
  }

 private:
  static Variable make_variable(const std::string& name, Address at, std::uint64_t size,
                                const std::string& type) {
    Variable one;
    one.name = name;
    one.key = key_of(name);
    one.address = at;
    one.size = size;
    one.type = type;
    one.type_hash = key_of(type);
    one.declared = "game.cpp:7";
    one.unit = "/src/game.cpp";
    return one;
  }

  Description description_;
};

inline Member member(const std::string& name, const std::string& type, std::uint64_t offset,
                     std::uint64_t size = 4, std::uint64_t type_hash = 0) {
  Member one;
  one.name = name;
  one.type = type;
  one.offset = offset;
  one.size = size;
  one.type_hash = type_hash;
  return one;
}

// Object files that know the answers they were given, by place.
class Objects : public ObjectReferences {
 public:
  std::map<std::pair<std::string, std::uint64_t>, std::string> answers;
  int asked = 0;

  std::optional<Target> target(const Function& function, std::uint64_t offset,
                               std::int32_t) override {
    return answer(function.name, offset);
  }

  std::optional<Target> data_target(const Variable& variable, std::uint64_t offset) override {
    return answer(variable.name, offset);
  }

 private:
  std::optional<Target> answer(const std::string& place, std::uint64_t offset) {
    ++asked;
    const auto found = answers.find({place, offset});
    return found == answers.end() ? std::nullopt : std::optional(Target{found->second, 0});
  }
};

inline Verdict judge(const Module& before, const Module& after) {
  Objects objects;
  return Lineage(before.description()).judge(*after.description(), 1, objects);
}

inline Accepted accepted(Verdict verdict) {
  if (const auto* refused = std::get_if<Refused>(&verdict)) {
    INFO(refused->reasons.front().what << ": " << refused->reasons.front().why);
    REQUIRE(std::holds_alternative<Accepted>(verdict));
  }
  REQUIRE(std::holds_alternative<Accepted>(verdict));
  return std::get<Accepted>(std::move(verdict));
}

inline std::vector<hr::wire::Failure> refused(Verdict verdict) {
  REQUIRE(std::holds_alternative<Refused>(verdict));
  return std::get<Refused>(std::move(verdict)).reasons;
}

inline void check_failure(const hr::wire::Failure& failure, const std::string& what,
                          const std::string& why, const std::string& fix) {
  CHECK(failure.what == what);
  CHECK(failure.why == why);
  CHECK(failure.fix == fix);
}

inline const std::string undo =
    "undo the edit, or restart the program (hrwatch --run relaunches it)";

}  // namespace made

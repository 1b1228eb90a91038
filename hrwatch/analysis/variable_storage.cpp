#include "analysis/variable_storage.h"

#include <algorithm>
#include <charconv>

#include "analysis/migrations.h"

namespace hrwatch::analysis {

std::optional<Array> array_of(const std::string& type) {
  const std::size_t open = type.rfind(" [");
  if (type.empty() || type.back() != ']' || open == std::string::npos)
    return std::nullopt;
  const std::size_t close = type.find(']', open);
  Array array;
  const char* const digits = type.data() + open + 2;
  const auto read = std::from_chars(digits, type.data() + close, array.count);
  if (read.ptr == digits || array.count == 0)
    return std::nullopt;
  array.element = type.substr(0, open);
  if (close + 1 < type.size())
    array.element += " " + type.substr(close + 1);
  return array;
}

Storage storage_for(const Variable& variable, const LivingVariable& living) {
  const bool retyped =
      living.type_hash != 0 && variable.type_hash != 0 && living.type_hash != variable.type_hash;
  if (living.size == variable.size && !retyped)
    return Storage::same;
  const auto before = array_of(structure(living)), after = array_of(structure(variable));
  if (!before || !after || before->element != after->element || living.size % before->count != 0 ||
      variable.size % after->count != 0 ||
      living.size / before->count != variable.size / after->count)
    return Storage::other;
  return variable.size < living.size ? Storage::within : Storage::grows;
}

bool any_leaves(const Lineage::State& state, const Description& next) {
  return std::any_of(next.variables.begin(), next.variables.end(), [&](const Variable& variable) {
    const auto known = state.variables.find(variable.key);
    if (known == state.variables.end() || is_type_table(variable.name))
      return false;
    const Storage storage = storage_for(variable, known->second);
    return storage == Storage::grows || storage == Storage::other;
  });
}

}  // namespace hrwatch::analysis

#include "src/carry_over.h"

#include <algorithm>
#include <exception>

#include "src/states.h"

namespace hr::runtime {
namespace {

using Json = nlohmann::json;

}  // namespace

CarryOver& CarryOver::get() {
  static CarryOver& carry = *new CarryOver;
  return carry;
}

bool CarryOver::on_save(const char* name, hr_save_callback callback, void* user) {
  const std::lock_guard lock(mutex_);
  const auto same = std::find_if(callbacks_.begin(), callbacks_.end(),
                                 [&](const Callback& one) { return one.name == name; });
  if (same != callbacks_.end())
    *same = {name, callback, user};
  else
    callbacks_.push_back({name, callback, user});
  return true;
}

// The file is taken once: what is in it belongs to this process alone.
void CarryOver::load() {
  if (std::exchange(loaded_, true))
    return;
  const std::string folder = carried_folder();
  if (folder.empty())
    return;
  remember(read_private_file(folder + "/values.json"), read_private_file(folder + "/names.json"));
  remove_file(folder + "/values.json");
}

// Whatever the files say, a program starts: at worst without its state.
void CarryOver::remember(const std::string& values, const std::string& names) {
  try {
    values_ = Json::parse(values, nullptr, false);
    names_ = ClassNames(names);
  } catch (const Json::exception&) {
    values_ = nullptr;
  }
}

bool CarryOver::restore(const char* name, hr_restore_callback callback, void* user) {
  std::string bytes;
  {
    const std::lock_guard lock(mutex_);
    load();
    if (!values_.is_object() || !values_.contains("saved") || !values_["saved"].is_object() ||
        !values_["saved"].contains(name) || !values_["saved"][name].is_string())
      return false;
    bytes = from_hex(values_["saved"][name].get<std::string>());
  }
  callback(bytes.data(), bytes.size(), user);
  return true;
}

void CarryOver::fill(const std::string& name, const hr_type& type, void* object) {
  const std::lock_guard lock(mutex_);
  load();
  if (!values_.is_object() || !values_.contains("states"))
    return;
  try {
    for (const Json& state : values_["states"]) {
      if (state.is_object() && state.value("name", "") == name &&
          state.value("type", "") == type.name && state.contains("value"))
        restore_value(type, object, state["value"], names_);
    }
  } catch (const Json::exception&) {
    // A value of another kind than we write: the object keeps what it has so far.
  }
}

wire::Result<std::uint32_t> CarryOver::save(const std::string& folder) {
  const ClassNames names(read_private_file(folder + "/names.json"));
  Json json = {{"states", Json::array()}, {"saved", Json::object()}};
  std::uint32_t count = 0;
  {
    const std::lock_guard lock(States::get().mutex());
    for (const State& state : States::get().all()) {
      if (!state.made)
        continue;
      json["states"].push_back({{"name", state.name},
                                {"type", state.type->name},
                                {"value", carried_value(*state.type, state.object, names)}});
      ++count;
    }
  }
  std::vector<Callback> callbacks;
  {
    const std::lock_guard lock(mutex_);
    callbacks = callbacks_;
  }
  for (const Callback& callback : callbacks) {
    hr_saved saved;
    try {
      callback.save(&saved, callback.user);
    } catch (...) {  // a program's callback may throw anything
      continue;
    }
    json["saved"][callback.name] = to_hex(saved.bytes.data(), saved.bytes.size());
    ++count;
  }
  const std::string text = json.dump(1, ' ', false, Json::error_handler_t::replace);
  if (!write_private_file(folder + "/values.json", text))
    return wire::Failure{"the program's state could not be saved",
                         "can't write " + folder + "/values.json",
                         "make room on the disk; the program starts without it"};
  return count;
}

}  // namespace hr::runtime

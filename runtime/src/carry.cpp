#include "src/carry.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "src/migration_plan.h"
#include "src/number_conversion.h"
#include "src/object_mover.h"

namespace hr::runtime {
namespace {

using Json = nlohmann::json;

char* at(void* object, std::size_t offset) {
  return static_cast<char*>(object) + offset;
}

bool is_number(std::uint32_t kind) {
  return kind >= HR_KIND_SIGNED && kind <= HR_KIND_FLOATING;
}

Json number_value(std::uint32_t kind, std::size_t size, const void* object) {
  std::int64_t number = 0;
  std::uint64_t natural = 0;
  double real = 0;
  if (kind == HR_KIND_SIGNED &&
      convert_number(object, kind, size, &number, HR_KIND_SIGNED, sizeof number))
    return number;
  if (kind == HR_KIND_UNSIGNED &&
      convert_number(object, kind, size, &natural, HR_KIND_UNSIGNED, sizeof natural))
    return natural;
  if (kind == HR_KIND_BOOLEAN &&
      convert_number(object, kind, size, &natural, HR_KIND_UNSIGNED, sizeof natural))
    return natural != 0;
  if (kind == HR_KIND_FLOATING &&
      convert_number(object, kind, size, &real, HR_KIND_FLOATING, sizeof real) &&
      std::isfinite(real))
    return real;
  return nullptr;
}

void restore_number(std::uint32_t kind, std::size_t size, void* object, const Json& value) {
  if (value.is_boolean()) {
    const std::uint64_t number = value.get<bool>() ? 1 : 0;
    convert_number(&number, HR_KIND_UNSIGNED, sizeof number, object, kind, size);
  } else if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    convert_number(&number, HR_KIND_UNSIGNED, sizeof number, object, kind, size);
  } else if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    convert_number(&number, HR_KIND_SIGNED, sizeof number, object, kind, size);
  } else if (value.is_number_float()) {
    const auto number = value.get<double>();
    convert_number(&number, HR_KIND_FLOATING, sizeof number, object, kind, size);
  }
}

// What a type's name says, where no table does.
std::uint32_t kind_named(const std::string& type) {
  if (type == "bool" || type == "_Bool")
    return HR_KIND_BOOLEAN;
  if (type == "float" || type == "double")
    return HR_KIND_FLOATING;
  if (type.starts_with("unsigned ") || type.starts_with("uint") || type == "size_t")
    return HR_KIND_UNSIGNED;
  for (const char* name : {"int", "short", "short int", "long", "long int", "long long int", "char",
                           "signed char", "int8_t", "int16_t", "int32_t", "int64_t"}) {
    if (type == name)
      return HR_KIND_SIGNED;
  }
  return 0;
}

// A text that is no UTF-8 can't stand in JSON as it is.
Json text_value(const char* text, std::size_t size) {
  Json value = std::string(text, size);
  try {
    static_cast<void>(value.dump());
    return value;
  } catch (const Json::exception&) {
    return {{"hex", to_hex(text, size)}};
  }
}

Json plain_value(void* object, const std::vector<MemberName>& members) {
  Json value = Json::object();
  for (const MemberName& member : members) {
    const void* place = at(object, member.offset);
    if (const std::uint32_t kind = kind_named(member.type); kind != 0)
      value[member.name] = number_value(kind, member.size, place);
    else if (member.type.find('*') == std::string::npos)
      value[member.name] = {{"type", member.type}, {"hex", to_hex(place, member.size)}};
  }
  return value;
}

void restore_plain(void* object, const Json& value, const std::vector<MemberName>& members) {
  for (const MemberName& member : members) {
    const auto found = value.find(member.name);
    if (found == value.end())
      continue;
    void* place = at(object, member.offset);
    if (const std::uint32_t kind = kind_named(member.type); kind != 0) {
      restore_number(kind, member.size, place, *found);
    } else if (found->is_object() && found->value("type", "") == member.type) {
      const std::string bytes = from_hex(found->value("hex", ""));
      if (bytes.size() == member.size)
        std::memcpy(place, bytes.data(), bytes.size());
    }
  }
}

std::string name_at(const std::vector<MemberName>& names, std::size_t offset) {
  for (const MemberName& name : names) {
    if (name.offset == offset)
      return name.name;
  }
  return {};
}

// The names of HR_MEMBERS(), in the order of `members`' calls.
std::vector<std::string> written_names(const hr_type& type) {
  std::vector<std::string> names(1);
  for (const char* c = type.names; c != nullptr && *c != 0; ++c) {
    if (*c == ',')
      names.emplace_back();
    else if (*c != ' ')
      names.back() += *c;
  }
  return names;
}

// Each member with a name: `action(name, type, place)`.
template <class Action>
void for_each_member(const hr_type& type, void* object, const ClassNames& names, Action action) {
  struct Walk {
    std::vector<std::pair<void*, const hr_type*>> members;
  } walk;

  type.members(
      &type, object,
      [](void* user, void* member, const hr_type* of) {
        static_cast<Walk*>(user)->members.emplace_back(member, of);
      },
      &walk);
  const std::vector<std::string> written = written_names(type);
  for (std::size_t i = 0; i < walk.members.size(); ++i) {
    const auto [place, of] = walk.members[i];
    const auto offset =
        static_cast<std::size_t>(static_cast<char*>(place) - static_cast<char*>(object));
    std::string name = type.names != nullptr && i < written.size() ? written[i]
                       : (type.flags & HR_TYPE_POSITIONAL) != 0    ? std::to_string(i)
                                                                : name_at(names.of(type), offset);
    if (!name.empty() && name != "hr_live_")
      action(name, *of, place);
  }
}

// Whether anything of such an object can be told: not what is behind plain pointers, of a class
// that only a base is known of, or in a function.
bool can_be_told(const hr_type& type) {
  if (type.kind == HR_KIND_ARRAY || type.each != nullptr)
    return can_be_told(*type.element) && (type.value == nullptr || can_be_told(*type.value));
  return is_number(type.kind) || type.kind == HR_KIND_TEXT || type.kind == HR_KIND_RECORD;
}

Json elements_value(const hr_type& type, void* object, const ClassNames& names) {
  struct Into {
    const hr_type& type;
    const ClassNames& names;
    Json list = Json::array();
  } into{type, names};

  type.each(
      &type, object,
      [](void* user, void* element, void* value) {
        auto& to = *static_cast<Into*>(user);
        Json one = carried_value(*to.type.element, element, to.names);
        if (value != nullptr && to.type.value != nullptr)
          one = Json::array({one, carried_value(*to.type.value, value, to.names)});
        to.list.push_back(std::move(one));
      },
      &into);
  return into.list;
}

void restore_pair(const hr_type& type, void* object, const Json& pair, const ClassNames& names) {
  const bool map = type.value != nullptr;
  if (map && (!pair.is_array() || pair.size() != 2))
    return;
  Aside key(*type.element);
  key.construct();
  restore_value(*type.element, key.get(), map ? pair[0] : pair, names);
  void* placed = nullptr;
  if (!map) {
    type.insert(&type, object, key.get(), nullptr, &placed);
    return;
  }
  Aside value(*type.value);
  value.construct();
  restore_value(*type.value, value.get(), pair[1], names);
  type.insert(&type, object, key.get(), value.get(), &placed);
}

void restore_elements(const hr_type& type, void* object, const Json& list,
                      const ClassNames& names) {
  const bool makes = type.kind == HR_KIND_ASSOCIATIVE
                         ? type.insert != nullptr && type.element->construct != nullptr &&
                               (type.value == nullptr || type.value->construct != nullptr)
                         : type.append != nullptr;
  if (!list.is_array() || !makes || type.construct == nullptr)
    return;
  type.destroy(&type, object);  // it may have been constructed with elements
  type.construct(&type, object);
  for (const Json& one : list) {
    if (type.kind == HR_KIND_ASSOCIATIVE)
      restore_pair(type, object, one, names);
    else
      restore_value(*type.element, type.append(&type, object, 1), one, names);
  }
}

void restore_text(const hr_type& type, void* object, const Json& value) {
  std::string text;
  if (value.is_string())
    text = value.get<std::string>();
  else if (value.is_object())
    text = from_hex(value.value("hex", ""));
  else
    return;
  type.assign(&type, object, text.data(), text.size());
}

}  // namespace

ClassNames::ClassNames(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object())
    return;
  for (const auto& [name, members] : json.items()) {
    std::vector<MemberName>& list = classes_[name];
    for (const Json& member : members) {
      if (!member.is_object())
        continue;
      list.push_back({member.value("offset", std::size_t{0}), member.value("size", std::size_t{0}),
                      member.value("name", ""), member.value("type", "")});
    }
  }
}

const std::vector<MemberName>& ClassNames::of(const hr_type& type) const {
  static const std::vector<MemberName> none;
  // g++ writes {anonymous} where everybody else has (anonymous namespace).
  std::string name = type.name;
  constexpr std::string_view short_form = "{anonymous}";
  for (std::size_t at = 0; (at = name.find(short_form, at)) != std::string::npos;)
    name.replace(at, short_form.size(), "(anonymous namespace)");
  const auto found = classes_.find(name);
  return found != classes_.end() ? found->second : none;
}

Json carried_value(const hr_type& type, void* object, const ClassNames& names) {
  if (is_number(type.kind))
    return number_value(type.kind, type.size, object);
  if (type.kind == HR_KIND_TEXT) {
    std::uint64_t size = 0;
    const char* text = type.text(&type, object, &size);
    return text_value(text, size);
  }
  if (type.kind == HR_KIND_ARRAY) {
    Json list = Json::array();
    for (std::size_t i = 0; i < type.count; ++i)
      list.push_back(carried_value(*type.element, at(object, i * type.element->size), names));
    return list;
  }
  if (type.members != nullptr) {
    Json value = Json::object();
    for_each_member(type, object, names,
                    [&](const std::string& name, const hr_type& of, void* place) {
                      Json member = carried_value(of, place, names);
                      if (!member.is_null())
                        value[name] = std::move(member);
                    });
    return value;
  }
  if (type.each != nullptr && can_be_told(type))
    return elements_value(type, object, names);
  if ((type.flags & HR_TYPE_TRIVIAL) != 0 && type.kind != HR_KIND_POINTER &&
      !names.of(type).empty())
    return plain_value(object, names.of(type));
  return nullptr;
}

void restore_value(const hr_type& type, void* object, const Json& value, const ClassNames& names) {
  if (is_number(type.kind)) {
    restore_number(type.kind, type.size, object, value);
  } else if (type.kind == HR_KIND_TEXT) {
    restore_text(type, object, value);
  } else if (type.kind == HR_KIND_ARRAY) {
    for (std::size_t i = 0; value.is_array() && i < type.count && i < value.size(); ++i)
      restore_value(*type.element, at(object, i * type.element->size), value[i], names);
  } else if (type.members != nullptr) {
    for_each_member(type, object, names,
                    [&](const std::string& name, const hr_type& of, void* place) {
                      const auto found = value.find(name);
                      if (found != value.end())
                        restore_value(of, place, *found, names);
                    });
  } else if (type.each != nullptr && can_be_told(type)) {
    restore_elements(type, object, value, names);
  } else if ((type.flags & HR_TYPE_TRIVIAL) != 0 && value.is_object()) {
    restore_plain(object, value, names.of(type));
  }
}

std::string to_hex(const void* bytes, std::size_t size) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<const unsigned char*>(bytes)[i];
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  const auto digit = [](char c) {
    return c >= 'a' ? c - 'a' + 10 : c - '0';
  };
  if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdef") != std::string::npos)
    return bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return bytes;
}

}  // namespace hr::runtime

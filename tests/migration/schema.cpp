#include "migration/schema.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace schema {

long alive = 0;

// A table that knows what its functions need.
struct Table : hr_type {
  std::string own_name;
  std::vector<hr::runtime::MemberPlace> places;
  std::vector<int> initial;
  std::size_t value_offset = 0;  // in a map's node
};

namespace {

const Table& table_of(const hr_type* type) {
  return *static_cast<const Table*>(type);
}

char* at(void* object, std::size_t offset) {
  return static_cast<char*>(object) + offset;
}

template <class T>
T& as(void* object) {
  return *static_cast<T*>(object);
}

void* allocate(std::size_t size) {
  ++alive;
  return ::operator new(std::max<std::size_t>(size, 1));
}

void release(void* memory) {
  if (memory != nullptr)
    --alive;
  ::operator delete(memory);
}

// ---- numbers

void construct_number(const hr_type* self, void* object) {
  std::memset(object, 0, self->size);
}

void destroy_nothing(const hr_type*, void*) {}

void move_number(const hr_type* self, void* to, void* from) {
  std::memcpy(to, from, self->size);
}

void write_number(const hr_type& type, void* object, std::int64_t number) {
  if (type.kind == HR_KIND_FLOATING && type.size == 4) {
    const auto value = static_cast<float>(number);
    std::memcpy(object, &value, 4);
  } else if (type.kind == HR_KIND_FLOATING) {
    const auto value = static_cast<double>(number);
    std::memcpy(object, &value, 8);
  } else {
    std::memcpy(object, &number, type.size);
  }
}

std::int64_t read_number(const hr_type& type, const void* object) {
  if (type.kind == HR_KIND_FLOATING && type.size == 4) {
    float value = 0;
    std::memcpy(&value, object, 4);
    return static_cast<std::int64_t>(value);
  }
  if (type.kind == HR_KIND_FLOATING) {
    double value = 0;
    std::memcpy(&value, object, 8);
    return static_cast<std::int64_t>(value);
  }
  std::uint64_t value = 0;
  std::memcpy(&value, object, type.size);
  const auto bits = static_cast<unsigned>(8 * type.size);
  if (type.kind == HR_KIND_SIGNED && bits < 64 && (value >> (bits - 1)) != 0)
    value |= ~std::uint64_t{0} << bits;
  return static_cast<std::int64_t>(value);
}

// ---- text

void construct_text(const hr_type*, void* object) {
  new (object) std::string();
  ++alive;
}

void destroy_text(const hr_type*, void* object) {
  as<std::string>(object).~basic_string();
  --alive;
}

void move_text(const hr_type*, void* to, void* from) {
  new (to) std::string(std::move(as<std::string>(from)));
  ++alive;
}

// ---- records

void construct_record(const hr_type* self, void* object) {
  const Table& table = table_of(self);
  for (std::size_t i = 0; i < table.places.size(); ++i) {
    const hr_type& type = *table.places[i].type;
    type.construct(&type, at(object, table.places[i].offset));
    if (type.kind <= HR_KIND_FLOATING)
      write_number(type, at(object, table.places[i].offset), table.initial[i]);
  }
}

void destroy_record(const hr_type* self, void* object) {
  for (const auto& place : table_of(self).places)
    place.type->destroy(place.type, at(object, place.offset));
}

void move_record(const hr_type* self, void* to, void* from) {
  for (const auto& place : table_of(self).places)
    place.type->move(place.type, at(to, place.offset), at(from, place.offset));
}

void open_record(const hr_type* self, void* object, hr_member_visitor visit, void* user) {
  for (const auto& place : table_of(self).places)
    visit(user, at(object, place.offset), place.type);
}

// ---- arrays

template <class Action>
void for_each_in_array(const hr_type* self, Action action) {
  for (std::size_t i = 0; i < self->count; ++i)
    action(i * self->element->size);
}

void construct_array(const hr_type* self, void* object) {
  for_each_in_array(self, [&](std::size_t offset) {
    self->element->construct(self->element, at(object, offset));
  });
}

void destroy_array(const hr_type* self, void* object) {
  for_each_in_array(
      self, [&](std::size_t offset) { self->element->destroy(self->element, at(object, offset)); });
}

void move_array(const hr_type* self, void* to, void* from) {
  for_each_in_array(self, [&](std::size_t offset) {
    self->element->move(self->element, at(to, offset), at(from, offset));
  });
}

// ---- vector: one block, found anew when it grows

struct Vector {
  void* data;
  std::size_t count;
};

void construct_vector(const hr_type*, void* object) {
  new (object) Vector{nullptr, 0};
}

void destroy_vector(const hr_type* self, void* object) {
  auto& vector = as<Vector>(object);
  for (std::size_t i = 0; i < vector.count; ++i)
    self->element->destroy(self->element, at(vector.data, i * self->element->size));
  release(vector.data);
}

template <class T>
void steal(const hr_type* self, void* to, void* from) {
  new (to) T(as<T>(from));
  self->construct(self, from);
}

void each_in_vector(const hr_type* self, void* object, hr_element_visitor visit, void* user) {
  auto& vector = as<Vector>(object);
  for (std::size_t i = 0; i < vector.count; ++i)
    visit(user, at(vector.data, i * self->element->size), nullptr);
}

void* append_to_vector(const hr_type* self, void* object, std::uint64_t count) {
  auto& vector = as<Vector>(object);
  const hr_type& element = *self->element;
  const std::size_t size = element.size;
  void* data = allocate((vector.count + count) * size);
  for (std::size_t i = 0; i < vector.count; ++i) {
    element.move(&element, at(data, i * size), at(vector.data, i * size));
    element.destroy(&element, at(vector.data, i * size));
  }
  release(vector.data);
  for (std::size_t i = 0; i < count; ++i)
    element.construct(&element, at(data, (vector.count + i) * size));
  void* first = at(data, vector.count * size);
  vector = {data, vector.count + count};
  return first;
}

// ---- list and map: nodes; a map's are in the order of their keys

struct Node {
  Node* next;
};

struct Chain {
  Node* first;
};

void construct_chain(const hr_type*, void* object) {
  new (object) Chain{nullptr};
}

void* payload(Node* node) {
  return at(node, 16);
}

void* value_in(const hr_type* self, Node* node) {
  return self->value != nullptr ? at(payload(node), table_of(self).value_offset) : nullptr;
}

void destroy_chain(const hr_type* self, void* object) {
  for (Node* node = as<Chain>(object).first; node != nullptr;) {
    Node* next = node->next;
    self->element->destroy(self->element, payload(node));
    if (self->value != nullptr)
      self->value->destroy(self->value, value_in(self, node));
    release(node);
    node = next;
  }
}

void each_in_chain(const hr_type* self, void* object, hr_element_visitor visit, void* user) {
  for (Node* node = as<Chain>(object).first; node != nullptr; node = node->next)
    visit(user, payload(node), value_in(self, node));
}

void* append_to_list(const hr_type* self, void* object, std::uint64_t count) {
  void* first = nullptr;
  for (std::uint64_t i = 0; i < count; ++i) {
    Node** end = &as<Chain>(object).first;
    while (*end != nullptr)
      end = &(*end)->next;
    *end = new (allocate(16 + self->element->size)) Node{nullptr};
    self->element->construct(self->element, payload(*end));
    first = first == nullptr ? payload(*end) : first;
  }
  return first;
}

int compare_keys(const hr_type& type, void* a, void* b) {
  if (type.kind == HR_KIND_TEXT)
    return as<std::string>(a).compare(as<std::string>(b));
  const std::int64_t x = read_number(type, a), y = read_number(type, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

void* insert_in_map(const hr_type* self, void* object, void* key, void* value, void** placed) {
  Node** where = &as<Chain>(object).first;
  while (*where != nullptr && compare_keys(*self->element, payload(*where), key) < 0)
    where = &(*where)->next;
  if (*where == nullptr || compare_keys(*self->element, payload(*where), key) != 0) {
    *where = new (allocate(16 + table_of(self).value_offset + self->value->size)) Node{*where};
    self->element->move(self->element, payload(*where), key);
    self->value->move(self->value, value_in(self, *where), value);
  }
  *placed = value_in(self, *where);
  return payload(*where);
}

// ---- owner

void destroy_owner(const hr_type* self, void* object) {
  void* owned = as<void*>(object);
  if (owned != nullptr)
    self->element->destroy(self->element, owned);
  release(owned);
}

void each_in_owner(const hr_type*, void* object, hr_element_visitor visit, void* user) {
  if (as<void*>(object) != nullptr)
    visit(user, as<void*>(object), nullptr);
}

void* append_to_owner(const hr_type* self, void* object, std::uint64_t) {
  void* made = allocate(self->element->size);
  self->element->construct(self->element, made);
  as<void*>(object) = made;
  return made;
}

std::size_t aligned(std::size_t offset, std::size_t align) {
  return (offset + align - 1) / align * align;
}

bool is_number(const Type& type) {
  return type.kind <= Kind::boolean;
}

void set_functions(Table& table, Kind kind) {
  table.construct = construct_number;
  table.destroy = destroy_nothing;
  table.move = move_number;
  switch (kind) {
    case Kind::text:
      table.construct = construct_text, table.destroy = destroy_text, table.move = move_text;
      break;
    case Kind::record:
      table.construct = construct_record, table.destroy = destroy_record, table.move = move_record;
      table.members = open_record;
      break;
    case Kind::array:
      table.construct = construct_array, table.destroy = destroy_array, table.move = move_array;
      break;
    case Kind::vector:
      table.construct = construct_vector, table.destroy = destroy_vector;
      table.move = steal<Vector>;
      table.each = each_in_vector, table.append = append_to_vector;
      table.flags = HR_TYPE_CONTIGUOUS;
      break;
    case Kind::list:
    case Kind::map:
      table.construct = construct_chain, table.destroy = destroy_chain, table.move = steal<Chain>;
      table.each = each_in_chain;
      if (kind == Kind::list)
        table.append = append_to_list;
      else
        table.insert = insert_in_map;
      break;
    case Kind::owner:
      table.construct = construct_number, table.destroy = destroy_owner;
      table.move = steal<void*>;
      table.each = each_in_owner, table.append = append_to_owner;
      break;
    default:
      table.flags = HR_TYPE_TRIVIAL | HR_TYPE_TRIVIALLY_DESTROYED;
      break;
  }
}

std::uint32_t kind_of(const Type& type) {
  switch (type.kind) {
    case Kind::integer:
      return type.is_signed ? HR_KIND_SIGNED : HR_KIND_UNSIGNED;
    case Kind::floating:
      return HR_KIND_FLOATING;
    case Kind::boolean:
      return HR_KIND_BOOLEAN;
    case Kind::text:
      return HR_KIND_TEXT;
    case Kind::record:
      return HR_KIND_RECORD;
    case Kind::array:
      return HR_KIND_ARRAY;
    case Kind::vector:
    case Kind::list:
      return HR_KIND_SEQUENCE;
    case Kind::map:
      return HR_KIND_ASSOCIATIVE;
    case Kind::owner:
      return HR_KIND_OWNER;
  }
  return 0;
}

}  // namespace

std::string Type::name() const {
  switch (kind) {
    case Kind::integer:
      return (is_signed ? "i" : "u") + std::to_string(8 * size);
    case Kind::floating:
      return "f" + std::to_string(8 * size);
    case Kind::boolean:
      return "bool";
    case Kind::text:
      return "text";
    case Kind::record:
      return record;
    case Kind::array:
      return parts[0].name() + "[" + std::to_string(count) + "]";
    case Kind::vector:
      return "vector<" + parts[0].name() + ">";
    case Kind::list:
      return "list<" + parts[0].name() + ">";
    case Kind::map:
      return "map<" + parts[0].name() + "," + parts[1].name() + ">";
    case Kind::owner:
      return "owner<" + parts[0].name() + ">";
  }
  return "";
}

const Record& Schema::find(const std::string& name) const {
  return *std::find_if(records.begin(), records.end(),
                       [&](const Record& record) { return record.name == name; });
}

Tables::Tables(const Schema& schema) : schema_(schema) {}

const hr_type& Tables::root() {
  return of({Kind::record, true, 0, 0, schema_.records.back().name, {}});
}

const hr_type& Tables::of(const Type& type) {
  const auto known = by_name_.find(type.name());
  return known != by_name_.end() ? *known->second : make(type);
}

const hr_type& Tables::make(const Type& type) {
  tables_.push_back(std::make_shared<Table>());
  Table& table = *tables_.back();
  static_cast<hr_type&>(table) = {};
  table.own_name = type.name();
  table.name = table.own_name.c_str();
  table.struct_size = sizeof(hr_type);
  table.kind = kind_of(type);
  table.align = 8;
  table.size = type.kind == Kind::vector ? 16 : type.kind >= Kind::list ? 8 : type.size;
  set_functions(table, type.kind);
  if (!type.parts.empty())
    table.element = &of(type.parts[0]);
  if (type.parts.size() > 1) {
    table.value = &of(type.parts[1]);
    table.value_offset = aligned(table.element->size, 8);
  }
  if (is_number(type)) {
    table.align = static_cast<std::uint32_t>(type.size);
  } else if (type.kind == Kind::text) {
    table.size = sizeof(std::string);
  } else if (type.kind == Kind::array) {
    table.count = type.count;
    table.size = type.count * table.element->size;
    table.align = table.element->align;
    table.flags = table.element->flags & (HR_TYPE_TRIVIAL | HR_TYPE_TRIVIALLY_DESTROYED);
  } else if (type.kind == Kind::record) {
    table.size = 0;
    table.align = 1;
    table.flags = HR_TYPE_TRIVIAL | HR_TYPE_TRIVIALLY_DESTROYED;
    for (const Member& member : schema_.find(type.record).members) {
      const hr_type& of_member = of(member.type);
      table.size = aligned(table.size, of_member.align);
      table.places.push_back({table.size, &of_member});
      table.initial.push_back(member.initial);
      table.size += of_member.size;
      table.align = std::max(table.align, of_member.align);
      table.flags &= of_member.flags;
    }
    table.size = std::max<std::size_t>(aligned(table.size, table.align), 1);
  }
  by_name_[table.own_name] = &table;
  return table;
}

std::size_t Tables::offset(const Record& record, const std::string& member) {
  const Table& table = table_of(&of({Kind::record, true, 0, 0, record.name, {}}));
  for (std::size_t i = 0; i < record.members.size(); ++i) {
    if (record.members[i].name == member)
      return table.places[i].offset;
  }
  return ~std::size_t{0};
}

void Tables::write(const Type& type, void* object, const Value& value) {
  const hr_type& table = of(type);
  if (is_number(type)) {
    write_number(table, object, value.number);
  } else if (type.kind == Kind::text) {
    as<std::string>(object) = value.text;
  } else if (type.kind == Kind::record) {
    const Record& record = schema_.find(type.record);
    for (const Member& member : record.members)
      write(member.type, at(object, offset(record, member.name)), value.members.at(member.name));
  } else if (type.kind == Kind::array) {
    for (std::size_t i = 0; i < type.count; ++i)
      write(type.parts[0], at(object, i * table.element->size), value.items[i].second);
  } else if (type.kind == Kind::map) {
    for (const auto& [key, item] : value.items) {
      std::vector<std::uint64_t> raw_key(table.element->size / 8 + 1);
      std::vector<std::uint64_t> raw_value(table.value->size / 8 + 1);
      table.element->construct(table.element, raw_key.data());
      table.value->construct(table.value, raw_value.data());
      write(type.parts[0], raw_key.data(), key);
      write(type.parts[1], raw_value.data(), item);
      void* placed = nullptr;
      table.insert(&table, object, raw_key.data(), raw_value.data(), &placed);
      table.element->destroy(table.element, raw_key.data());
      table.value->destroy(table.value, raw_value.data());
    }
  } else {
    for (const auto& [key, item] : value.items)
      write(type.parts[0], table.append(&table, object, 1), item);
  }
}

Value Tables::read(const Type& type, void* object) {
  const hr_type& table = of(type);
  Value value;
  if (is_number(type)) {
    value.number = read_number(table, object);
  } else if (type.kind == Kind::text) {
    value.text = as<std::string>(object);
  } else if (type.kind == Kind::record) {
    const Record& record = schema_.find(type.record);
    for (const Member& member : record.members)
      value.members[member.name] = read(member.type, at(object, offset(record, member.name)));
  } else if (type.kind == Kind::array) {
    for (std::size_t i = 0; i < type.count; ++i)
      value.items.emplace_back(Value{}, read(type.parts[0], at(object, i * table.element->size)));
  } else {
    struct Into {
      Tables* tables;
      const Type* type;
      Value* value;
    } into{this, &type, &value};

    table.each(
        &table, object,
        [](void* user, void* element, void* item) {
          const Into& to = *static_cast<Into*>(user);
          if (item != nullptr)
            to.value->items.emplace_back(to.tables->read(to.type->parts[0], element),
                                         to.tables->read(to.type->parts[1], item));
          else
            to.value->items.emplace_back(Value{}, to.tables->read(to.type->parts[0], element));
        },
        &into);
  }
  return value;
}

Value Tables::initial(const Type& type, int number) const {
  Value value;
  if (is_number(type))
    value.number = number;
  if (type.kind == Kind::record) {
    for (const Member& member : schema_.find(type.record).members)
      value.members[member.name] = initial(member.type, member.initial);
  }
  for (std::size_t i = 0; type.kind == Kind::array && i < type.count; ++i)
    value.items.emplace_back(Value{}, initial(type.parts[0]));
  return value;
}

}  // namespace schema

// The description as a file: a magic word with the version of the format, a checksum, then every
// field in the order of description.h (little endian, lists with their count, as in
// wire/little_endian.h).
#include <xxhash.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "analysis/describe.h"
#include "analysis/type_uses.h"
#include "wire/little_endian.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::Failure;

// Grows with every change of description.h: a file of another version is made again.
constexpr std::uint64_t magic = 0x0000'0008'6373'6468;  // "hdsc", version 8

// One list of fields for each type, for both directions. `visit` is called with all of them.
void fields(auto& t, auto&& visit, Failure*) {
  visit(t.what, t.why, t.fix);
}

void fields(auto& t, auto&& visit, Segment*) {
  visit(t.begin, t.end, t.writable, t.executable);
}

void fields(auto& t, auto&& visit, Function*) {
  visit(t.name, t.unit, t.key, t.address, t.size, t.nop, t.binding, t.exported, t.clone, t.ifunc,
        t.got, t.body_hash, t.origin, t.prototype, t.returns, t.closure_group, t.closure_number);
}

void fields(auto& t, auto&& visit, Variable*) {
  visit(t.name, t.unit, t.key, t.address, t.size, t.binding, t.exported, t.zero, t.dynamic, t.got,
        t.image_hash, t.debug_operand, t.type, t.underlying, t.type_hash, t.declared);
}

void fields(auto& t, auto&& visit, Constant*) {
  visit(t.name, t.unit, t.key, t.address, t.size, t.kind, t.exported, t.got, t.image_hash, t.slots);
}

void fields(auto& t, auto&& visit, CodeReference*) {
  visit(t.at, t.target, t.addend, t.function, t.address_taken, t.variable);
}

void fields(auto& t, auto&& visit, DataReference*) {
  visit(t.at, t.target, t.kind, t.variable);
}

void fields(auto& t, auto&& visit, Initialiser::Statement*) {
  visit(t.begin, t.end, t.variables, t.builds, t.prologue);
}

void fields(auto& t, auto&& visit, Initialiser*) {
  visit(t.function, t.name, t.variables, t.statements, t.word);
}

void fields(auto& t, auto&& visit, Member*) {
  visit(t.name, t.type, t.underlying, t.offset, t.size, t.bit_size, t.bit_offset, t.type_hash,
        t.base);
}

void fields(auto& t, auto&& visit, TypeLayout*) {
  visit(t.kind, t.size, t.hash, t.polymorphic, t.declared, t.members);
}

void fields(auto& t, auto&& visit, TypeUses::Class*) {
  visit(t.name, t.holds, t.bases, t.polymorphic, t.size, t.parts, t.copied_by_code);
}

void fields(auto& t, auto&& visit, TypeUses::Variable*) {
  visit(t.address, t.thread_local_, t.holds, t.points_to, t.consists_of);
}

void fields(auto& t, auto&& visit, TypeUses::Function*) {
  visit(t.address, t.size, t.name, t.signature, t.values, t.pointers);
}

void fields(auto& t, auto&& visit, Allocation*) {
  visit(t.function, t.size);
}

void fields(auto& t, auto&& visit, TypeUses*) {
  visit(t.classes, t.variables, t.functions, t.allocations);
}

void fields(auto& t, auto&& visit, Description*) {
  visit(t.build_id, t.memory_size, t.problems, t.segments, t.functions, t.variables,
        t.thread_locals, t.tls_size, t.constants, t.code_references, t.word_references,
        t.data_references, t.tls_modules, t.initialisers, t.types, t.uses);
}

template <class T>
void fields_of(T& value, auto&& visit) {
  fields(value, visit, static_cast<std::remove_const_t<T>*>(nullptr));
}

class Saver {
 public:
  template <class T>
  void put(const T& value) {
    if constexpr (std::is_same_v<T, bool> || std::is_enum_v<T>)
      writer_.number(static_cast<std::uint8_t>(value));
    else if constexpr (std::is_integral_v<T>)
      writer_.number(value);
    else
      fields_of(value, [this](const auto&... field) { (this->put(field), ...); });
  }

  void put(const std::string& text) { writer_.text(text); }

  template <class T>
  void put(const std::vector<T>& list) {
    writer_.count(list.size());
    for (const T& item : list)
      put(item);
  }

  template <class T>
  void put(const std::map<std::string, T>& map) {
    writer_.count(map.size());
    for (const auto& [name, item] : map) {
      put(name);
      put(item);
    }
  }

  void put(const TypeLayouts& layouts) { put(layouts.all()); }

  void put(const std::shared_ptr<const TypeUses>& uses) {
    put(uses != nullptr);
    if (uses != nullptr)
      put(*uses);
  }

  std::vector<std::byte> take() { return writer_.take(); }

 private:
  hr::wire::Writer writer_;
};

// Any bytes give some description; `ok()` says whether they were one.
class Loader {
 public:
  explicit Loader(std::span<const std::byte> bytes) : reader_(bytes) {}

  bool ok() const { return reader_.ok() && reader_.remaining() == 0; }

  template <class T>
  void get(T& value) {
    if constexpr (std::is_same_v<T, bool>)
      value = reader_.number<std::uint8_t>() != 0;
    else if constexpr (std::is_enum_v<T>)
      value = static_cast<T>(reader_.number<std::uint8_t>());
    else if constexpr (std::is_integral_v<T>)
      value = reader_.number<T>();
    else
      fields_of(value, [this](auto&... field) { (this->get(field), ...); });
  }

  void get(std::string& text) { text = reader_.text(); }

  template <class T>
  void get(std::vector<T>& list) {
    const std::size_t count = reader_.count(1);
    for (std::size_t i = 0; i < count && reader_.ok(); ++i)
      get(list.emplace_back());
  }

  template <class T>
  void get(std::map<std::string, T>& map) {
    const std::size_t count = reader_.count(1);
    for (std::size_t i = 0; i < count && reader_.ok(); ++i) {
      std::string name;
      get(name);
      get(map.emplace_hint(map.end(), std::move(name), T())->second);
    }
  }

  void get(TypeLayouts& layouts) {
    TypeLayouts::Map map;
    get(map);
    layouts = TypeLayouts(std::move(map));
  }

  void get(std::shared_ptr<const TypeUses>& uses) {
    bool known = false;
    get(known);
    if (!known)
      return;
    auto found = std::make_shared<TypeUses>();
    get(*found);
    uses = std::move(found);
  }

 private:
  hr::wire::Reader reader_;
};

// Of Linux: lower-case hex. Of Windows: upper-case hex and dashes (PeImage::build_id()).
bool is_build_id(const std::string& id) {
  return !id.empty() && id.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
}

Failure no_id() {
  return {"the library has no build-id", "descriptions are kept by build-id",
          "link the module with -Wl,--build-id (add_hot_module does)"};
}

std::uint64_t checksum(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace

hr::wire::Result<hr::wire::Done> save(const Description& description,
                                      const std::filesystem::path& folder) {
  if (!is_build_id(description.build_id))
    return no_id();
  Saver body;
  body.put(description);
  const std::vector<std::byte> bytes = body.take();
  Saver header;
  header.put(magic);
  header.put(checksum(bytes));
  const std::vector<std::byte> head = header.take();

  const std::filesystem::path path = folder / description.build_id;
  std::filesystem::path unfinished = path;
  unfinished += ".unfinished." + std::to_string(std::random_device{}());
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::ofstream file(unfinished, std::ios::binary);
  file.write(reinterpret_cast<const char*>(head.data()), static_cast<std::streamsize>(head.size()));
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file)
    std::filesystem::rename(unfinished, path, error);
  if (!file || error) {
    std::error_code ignored;
    std::filesystem::remove(unfinished, ignored);
    return Failure{"can't write " + path.string(),
                   error ? error.message() : "the disk is full or the folder is not writable",
                   "make room, or make the build folder writable"};
  }
  return hr::wire::Done{};
}

hr::wire::Result<std::shared_ptr<const Description>> load(const std::string& build_id,
                                                          const std::filesystem::path& folder) {
  if (!is_build_id(build_id))
    return no_id();
  const std::filesystem::path path = folder / build_id;
  const auto unusable = [&path](std::string why) {
    return Failure{"can't read " + path.string(), std::move(why),
                   "nothing to do: the library is described again"};
  };
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return unusable("there is no such description");
  const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
  const auto bytes = std::as_bytes(std::span(content));
  Loader header(bytes.first(std::min<std::size_t>(bytes.size(), 2 * sizeof(std::uint64_t))));
  std::uint64_t found = 0, sum = 0;
  header.get(found);
  header.get(sum);
  if (!header.ok() || found != magic)
    return unusable("it is from another version of hrwatch");
  const auto body = bytes.subspan(2 * sizeof(std::uint64_t));
  auto description = std::make_shared<Description>();
  Loader loader(body);
  if (sum == checksum(body))
    loader.get(*description);
  if (sum != checksum(body) || !loader.ok() || description->build_id != build_id)
    return unusable("it is damaged");
  return std::shared_ptr<const Description>(std::move(description));
}

}  // namespace hrwatch::analysis

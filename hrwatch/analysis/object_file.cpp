#include "analysis/object_file.h"

#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "analysis/content_hash.h"

namespace hrwatch::analysis {

namespace {

bool is_place_of_code(std::uint32_t type) {
  return type == R_X86_64_PC32 || type == R_X86_64_GOTPCREL || type == R_X86_64_GOTPCRELX ||
         type == R_X86_64_REX_GOTPCRELX;
}

}  // namespace

// libelf's handle; every access through it is checked against the file's size.
struct ObjectFile::File {
  struct Place {
    std::uint64_t offset;
    std::uint32_t type;  // R_X86_64_*
    std::size_t symbol;
    std::int64_t addend;
  };

  int descriptor = -1;
  Elf* elf = nullptr;
  Elf_Data* symbols = nullptr;
  Elf_Data* section_numbers = nullptr;  // SHT_SYMTAB_SHNDX: more than 65,279 sections
  std::size_t symbol_count = 0;
  std::size_t names = 0;                                   // section of the symbols' names
  std::unordered_map<std::size_t, Elf_Data*> relocations;  // by the section they change
  std::unordered_map<std::size_t, std::vector<Place>> places;

  ~File() {
    if (elf != nullptr)
      elf_end(elf);
    if (descriptor >= 0)
      close(descriptor);
  }

  bool symbol(std::size_t number, GElf_Sym& symbol, std::uint32_t& section) const {
    Elf32_Word extended = 0;
    if (gelf_getsymshndx(symbols, section_numbers, static_cast<int>(number), &symbol, &extended) ==
        nullptr)
      return false;
    section = symbol.st_shndx == SHN_XINDEX ? extended : symbol.st_shndx;
    return true;
  }

  std::string_view name(const GElf_Sym& symbol) const {
    const char* text = elf_strptr(elf, names, symbol.st_name);
    return text == nullptr ? std::string_view() : text;
  }

  // The relocations of a section, by place; read once.
  const std::vector<Place>& places_of(std::size_t section) {
    const auto [known, is_first] = places.try_emplace(section);
    const auto data = relocations.find(section);
    if (!is_first || data == relocations.end() || data->second == nullptr)
      return known->second;
    const std::size_t count = data->second->d_size / sizeof(Elf64_Rela);
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Rela one;
      if (gelf_getrela(data->second, static_cast<int>(i), &one) == nullptr)
        break;
      known->second.push_back({one.r_offset, static_cast<std::uint32_t>(GELF_R_TYPE(one.r_info)),
                               GELF_R_SYM(one.r_info), one.r_addend});
    }
    std::sort(known->second.begin(), known->second.end(),
              [](const Place& a, const Place& b) { return a.offset < b.offset; });
    return known->second;
  }

  void read_sections() {
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
      GElf_Shdr header;
      if (gelf_getshdr(section, &header) == nullptr)
        continue;
      if (header.sh_type == SHT_SYMTAB && header.sh_entsize != 0) {
        symbols = elf_getdata(section, nullptr);
        names = header.sh_link;
        symbol_count = symbols == nullptr ? 0 : symbols->d_size / header.sh_entsize;
      } else if (header.sh_type == SHT_SYMTAB_SHNDX) {
        section_numbers = elf_getdata(section, nullptr);
      } else if (header.sh_type == SHT_RELA) {
        relocations[header.sh_info] = elf_getdata(section, nullptr);
      }
    }
  }
};

ObjectFile::ObjectFile(std::filesystem::path path) : path_(std::move(path)) {}

ObjectFile::~ObjectFile() = default;
ObjectFile::ObjectFile(ObjectFile&&) noexcept = default;
ObjectFile& ObjectFile::operator=(ObjectFile&&) noexcept = default;

bool ObjectFile::open() {
  if (opened_)
    return file_ != nullptr;
  opened_ = true;
  elf_version(EV_CURRENT);
  auto file = std::make_unique<File>();
  file->descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file->descriptor < 0)
    return false;
  file->elf = elf_begin(file->descriptor, ELF_C_READ_MMAP, nullptr);
  GElf_Ehdr header;
  if (file->elf == nullptr || gelf_getehdr(file->elf, &header) == nullptr ||
      header.e_machine != EM_X86_64 || header.e_type != ET_REL)
    return false;
  file->read_sections();
  if (file->symbols == nullptr)
    return false;
  file_ = std::move(file);
  return true;
}

const std::string& ObjectFile::source_name() {
  if (named_ || !open())
    return source_name_;
  named_ = true;
  for (std::size_t i = 1; i < file_->symbol_count; ++i) {
    GElf_Sym symbol;
    std::uint32_t section = 0;
    if (!file_->symbol(i, symbol, section) || GELF_ST_BIND(symbol.st_info) != STB_LOCAL)
      break;  // local symbols come first (gABI, "Symbol Table")
    if (GELF_ST_TYPE(symbol.st_info) == STT_FILE) {
      source_name_ = std::filesystem::path(file_->name(symbol)).filename();
      break;
    }
  }
  return source_name_;
}

void ObjectFile::add_symbol(std::size_t number) {
  GElf_Sym symbol;
  std::uint32_t section = 0;
  if (!file_->symbol(number, symbol, section) || symbol.st_shndx == SHN_UNDEF ||
      symbol.st_shndx == SHN_ABS || symbol.st_shndx == SHN_COMMON)
    return;
  const int type = GELF_ST_TYPE(symbol.st_info);
  if (type != STT_FUNC && type != STT_OBJECT && type != STT_TLS && type != STT_GNU_IFUNC)
    return;
  const std::string_view name = file_->name(symbol);
  definitions_.emplace(hash_of(name), Definition{type, symbol.st_size, section, symbol.st_value});
  if (type != STT_OBJECT)
    return;
  const auto [known, is_first] = only_variable_.emplace(section, name);
  if (is_first)
    only_value_[section] = symbol.st_value;
  else if (symbol.st_value != only_value_[section])
    known->second.clear();
}

void ObjectFile::index() {
  if (indexed_ || !open())
    return;
  indexed_ = true;
  for (std::size_t i = 1; i < file_->symbol_count; ++i)
    add_symbol(i);
}

const ObjectFile::Definition* ObjectFile::find(int type, std::string_view name,
                                               std::uint64_t size) {
  index();
  const Definition* found = nullptr;
  const auto [first, last] = definitions_.equal_range(hash_of(name));
  for (auto each = first; each != last; ++each) {
    if (each->second.type != type || each->second.size != size)
      continue;
    if (found != nullptr)
      return nullptr;  // two local ones of one name and size: not told apart
    found = &each->second;
  }
  return found;
}

bool ObjectFile::defines(int type, std::string_view name, std::uint64_t size) {
  return find(type, name, size) != nullptr;
}

std::optional<ObjectFile::Meaning> ObjectFile::decode(std::uint32_t type, std::size_t number,
                                                      std::int64_t addend) {
  const bool relative = is_place_of_code(type);
  GElf_Sym symbol;
  std::uint32_t section = 0;
  if ((!relative && type != R_X86_64_64) || !file_->symbol(number, symbol, section))
    return std::nullopt;
  if (GELF_ST_TYPE(symbol.st_info) != STT_SECTION) {
    const std::string_view name = file_->name(symbol);
    if (name.empty())
      return std::nullopt;
    return Meaning{{std::string(name), addend}, relative};
  }
  const auto variable = only_variable_.find(section);
  if (variable == only_variable_.end() || variable->second.empty())
    return std::nullopt;
  const auto start = static_cast<std::int64_t>(only_value_[section]);
  return Meaning{{variable->second, addend - start}, relative};
}

std::optional<ObjectFile::Meaning> ObjectFile::meaning(int type, std::string_view name,
                                                       std::uint64_t size, std::uint64_t offset) {
  const Definition* definition = find(type, name, size);
  if (definition == nullptr || offset >= size)
    return std::nullopt;
  const auto& places = file_->places_of(definition->section);
  const std::uint64_t place = definition->value + offset;
  const auto found = std::lower_bound(
      places.begin(), places.end(), place,
      [](const File::Place& one, std::uint64_t other) { return one.offset < other; });
  if (found == places.end() || found->offset != place)
    return std::nullopt;
  return decode(found->type, found->symbol, found->addend);
}

}  // namespace hrwatch::analysis

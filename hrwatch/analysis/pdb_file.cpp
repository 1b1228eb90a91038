#include "analysis/pdb_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "analysis/byte_view.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::Failure;

constexpr std::string_view msf_magic(
    "Microsoft C/C++ MSF 7.00\r\n\x1A"
    "DS\0\0\0",
    32);
constexpr std::uint32_t info_stream = 1;
constexpr std::uint32_t dbi_stream = 3;
constexpr std::uint64_t dbi_header_size = 64;
constexpr std::uint64_t module_header_size = 64;
constexpr std::uint32_t contributions_v60 = 0xF12EBA2D;
constexpr std::uint32_t contributions_v2 = 0xF13151E4;
constexpr std::uint16_t public_symbol = 0x110E;  // S_PUB32
constexpr std::uint16_t no_stream = 0xFFFF;
// A module that says no more than its name and its compiler needs no more symbols than that.
constexpr std::uint32_t named_only = 4;

Failure unreadable(std::string why) {
  return {"the module's .pdb can't be read", std::move(why),
          "build it again, with -g -gcodeview and lld (add_hot_module does it)"};
}

// A .pdb is a small file system: streams in blocks (MSF).
class Streams {
 public:
  explicit Streams(ByteView file) : file_(file) {
    if (file.size() < 56 || file.text(0).size() < 27 ||
        std::string_view(reinterpret_cast<const char*>(file.part(0, 32).data()), 32) != msf_magic)
      return;
    block_size_ = file.number<std::uint32_t>(32);
    const std::uint32_t directory_size = file.number<std::uint32_t>(44);
    const std::uint32_t map_block = file.number<std::uint32_t>(52);
    if (block_size_ < 512 || block_size_ > (1U << 20) || directory_size > file.size())
      return;
    const std::uint64_t blocks = blocks_for(directory_size);
    const std::uint64_t map = std::uint64_t{map_block} * block_size_;
    std::vector<std::byte> directory;
    for (std::uint64_t i = 0; i < blocks; ++i)
      append(file.number<std::uint32_t>(map + i * 4), directory);
    read_directory(ByteView(directory));
  }

  bool readable() const { return !streams_.empty(); }

  // Empty when there is none, or a part of it is missing.
  std::vector<std::byte> read(std::uint32_t number) const {
    std::vector<std::byte> bytes;
    if (number >= streams_.size())
      return bytes;
    const Stream& stream = streams_[number];
    for (const std::uint32_t block : stream.blocks)
      append(block, bytes);
    bytes.resize(std::min<std::uint64_t>(bytes.size(), stream.size));
    return bytes;
  }

 private:
  struct Stream {
    std::uint32_t size = 0;
    std::vector<std::uint32_t> blocks;
  };

  std::uint64_t blocks_for(std::uint64_t size) const {
    return (size + block_size_ - 1) / block_size_;
  }

  void append(std::uint32_t block, std::vector<std::byte>& bytes) const {
    const auto part = file_.part(std::uint64_t{block} * block_size_, block_size_);
    bytes.insert(bytes.end(), part.begin(), part.end());
  }

  void read_directory(const ByteView& directory) {
    const std::uint32_t count = directory.number<std::uint32_t>(0);
    std::uint64_t at = 4 + std::uint64_t{count} * 4;
    if (!directory.holds(0, at))
      return;
    for (std::uint32_t i = 0; i < count; ++i) {
      Stream stream;
      stream.size = directory.number<std::uint32_t>(4 + std::uint64_t{i} * 4);
      if (stream.size == 0xFFFFFFFF)  // deleted
        stream.size = 0;
      const std::uint64_t blocks = blocks_for(stream.size);
      if (!directory.holds(at, blocks * 4)) {
        streams_.clear();
        return;
      }
      for (std::uint64_t b = 0; b < blocks; ++b, at += 4)
        stream.blocks.push_back(directory.number<std::uint32_t>(at));
      streams_.push_back(std::move(stream));
    }
  }

  ByteView file_;
  std::uint32_t block_size_ = 0;
  std::vector<Stream> streams_;
};

void read_modules(const ByteView& list, PdbFile& pdb) {
  for (std::uint64_t at = 0; list.holds(at, module_header_size);) {
    PdbModule module;
    const auto stream = list.number<std::uint16_t>(at + 34);
    module.described = stream != no_stream && list.number<std::uint32_t>(at + 36) > named_only;
    const std::string_view name = list.text(at + module_header_size);
    const std::uint64_t file_at = at + module_header_size + name.size() + 1;
    const std::string_view file = list.text(file_at);
    module.name = name;
    if (file != name)
      module.archive = file;
    at = (file_at + file.size() + 1 + 3) / 4 * 4;
    pdb.modules.push_back(std::move(module));
  }
}

bool read_contributions(const ByteView& list, PdbFile& pdb) {
  const std::uint32_t version = list.number<std::uint32_t>(0);
  if (version != contributions_v60 && version != contributions_v2)
    return false;
  const std::uint64_t step = version == contributions_v60 ? 28 : 32;
  for (std::uint64_t at = 4; list.holds(at, step); at += step) {
    const auto module = list.number<std::uint16_t>(at + 16);
    if (module >= pdb.modules.size())
      continue;
    pdb.modules[module].contributions.push_back(
        {{list.number<std::uint16_t>(at), list.number<std::uint32_t>(at + 4)},
         list.number<std::uint32_t>(at + 8),
         list.number<std::uint32_t>(at + 20)});
  }
  for (PdbModule& module : pdb.modules)
    std::stable_sort(module.contributions.begin(), module.contributions.end(),
                     [](const PdbContribution& a, const PdbContribution& b) {
                       return std::tie(a.place.section, a.place.offset) <
                              std::tie(b.place.section, b.place.offset);
                     });
  return true;
}

void read_publics(const ByteView& records, PdbFile& pdb) {
  for (std::uint64_t at = 0; records.holds(at, 4);) {
    const std::uint64_t size = records.number<std::uint16_t>(at);
    if (size < 2)
      return;
    if (records.number<std::uint16_t>(at + 2) == public_symbol)
      pdb.publics.emplace(
          std::string(records.view(at + 14, size - 12).text(0)),
          PdbPlace{records.number<std::uint16_t>(at + 12), records.number<std::uint32_t>(at + 8)});
    at += size + 2;
  }
}

// Stream 1: version, signature, age, GUID.
std::string read_guid(const ByteView& info) {
  constexpr std::string_view figures = "0123456789ABCDEF";
  std::string text;
  // Its first three fields are numbers, the others bytes.
  for (const int at : {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}) {
    const auto byte = info.number<std::uint8_t>(12 + static_cast<std::uint64_t>(at));
    text += figures[byte >> 4U];
    text += figures[byte & 0xFU];
  }
  return text;
}

std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320U : value >> 1;
    table[i] = value;
  }
  return table;
}

}  // namespace

hr::wire::Result<PdbFile> read_pdb(std::span<const std::byte> file) {
  const Streams streams{ByteView(file)};
  if (!streams.readable())
    return unreadable("it is no program database, or cut off");
  const std::vector<std::byte> dbi = streams.read(dbi_stream);
  const ByteView info{std::span(dbi)};
  const std::uint32_t modules_size = info.number<std::uint32_t>(24);
  const std::uint32_t contributions_size = info.number<std::uint32_t>(28);
  PdbFile pdb;
  const std::vector<std::byte> about = streams.read(info_stream);
  pdb.guid = read_guid(ByteView(std::span(about)));
  read_modules(info.view(dbi_header_size, modules_size), pdb);
  if (!read_contributions(info.view(dbi_header_size + modules_size, contributions_size), pdb))
    return unreadable("it does not say what the linker took from which object file");
  const std::vector<std::byte> symbols = streams.read(info.number<std::uint16_t>(20));
  read_publics(ByteView(std::span(symbols)), pdb);
  return pdb;
}

std::uint32_t section_crc(std::span<const std::byte> bytes) {
  static const std::array<std::uint32_t, 256> table = crc_table();
  std::uint32_t crc = 0;
  for (const std::byte byte : bytes)
    crc = (crc >> 8) ^ table[(crc ^ static_cast<std::uint32_t>(byte)) & 0xFF];
  return crc;
}

}  // namespace hrwatch::analysis

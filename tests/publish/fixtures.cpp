#include "publish/fixtures.h"

#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

namespace fixtures {
namespace {

template <class T>
T at(const std::vector<std::byte>& image, std::uint64_t offset) {
  T value;
  std::memcpy(&value, &image.at(offset + sizeof(T) - 1) - (sizeof(T) - 1), sizeof(T));
  return value;
}

Elf64_Shdr section(const std::vector<std::byte>& image, std::uint64_t index) {
  const auto header = at<Elf64_Ehdr>(image, 0);
  return at<Elf64_Shdr>(image, header.e_shoff + index * sizeof(Elf64_Shdr));
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "hrwatch-test-XXXXXX").native();
  if (::mkdtemp(name.data()) == nullptr) {
    std::abort();
  }
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<std::filesystem::path> libraries() {
  std::vector<std::filesystem::path> paths;
  std::istringstream list(HR_TEST_FIXTURES);
  for (std::string path; std::getline(list, path, ':');) {
    paths.emplace_back(path);
  }
  return paths;
}

std::vector<std::byte> read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

void write(const std::filesystem::path& file, const std::vector<std::byte>& bytes) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

std::string build_id(const std::vector<std::byte>& image) {
  const auto header = at<Elf64_Ehdr>(image, 0);
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr notes = section(image, i);
    if (notes.sh_type != SHT_NOTE) {
      continue;
    }
    const auto note = at<Elf64_Nhdr>(image, notes.sh_offset);
    if (note.n_type != NT_GNU_BUILD_ID) {
      continue;
    }
    std::string hex;
    for (std::uint64_t b = 0; b < note.n_descsz; ++b) {
      char digits[3];
      std::snprintf(digits, sizeof digits, "%02x",
                    at<unsigned char>(image, notes.sh_offset + sizeof note + 4 + b));
      hex += digits;
    }
    return hex;
  }
  return "";
}

// Every place in .text where six NOPs end 16-byte-agnostically before a pair: found by pattern,
// which is enough for a fixture whose functions all have an area.
std::vector<std::uint64_t> entry_nops(const std::vector<std::byte>& image) {
  const auto header = at<Elf64_Ehdr>(image, 0);
  std::vector<std::uint64_t> nops;
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr text = section(image, i);
    if (text.sh_type != SHT_PROGBITS || (text.sh_flags & SHF_EXECINSTR) == 0) {
      continue;
    }
    int run = 0;
    for (std::uint64_t b = 0; b < text.sh_size; ++b) {
      run = at<unsigned char>(image, text.sh_offset + b) == 0x90 ? run + 1 : 0;
      if (run == 8) {
        nops.push_back(text.sh_addr + b - 1);
        run = 0;
      }
    }
  }
  return nops;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

hrwatch::publish::Request request(const std::filesystem::path& library,
                                  const std::filesystem::path& folder) {
  const std::vector<std::byte> image = read(library);
  return {library, folder, "game", 1, build_id(image), entry_nops(image)};
}

}  // namespace fixtures

// One object file (.o) as relocations see it: where a function or variable is defined, and what a
// place in it refers to. Knows no library and no other object file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/lineage.h"

namespace hrwatch::analysis {

class ObjectFile {
 public:
  // A relocation's meaning: S + A (x86-64 psABI 4.4.1) as a name and a distance.
  struct Meaning {
    ObjectReferences::Target target;
    bool relative = false;  // minus the place: a PC-relative operand
  };

  // Nothing is read before the first question. A missing or damaged file answers nothing.
  explicit ObjectFile(std::filesystem::path path);
  ~ObjectFile();
  ObjectFile(ObjectFile&&) noexcept;
  ObjectFile& operator=(ObjectFile&&) noexcept;

  const std::filesystem::path& path() const { return path_; }

  // The source file's name as the compiler noted it (STT_FILE), without folders; "" if none.
  const std::string& source_name();

  // What the place `offset` bytes into the function (STT_FUNC) or variable (STT_OBJECT) of this
  // name and size refers to. Nothing without a relocation there, or where it names a section that
  // holds more than one variable.
  std::optional<Meaning> meaning(int type, std::string_view name, std::uint64_t size,
                                 std::uint64_t offset);

  // Whether that function or variable is defined here.
  bool defines(int type, std::string_view name, std::uint64_t size);

 private:
  struct File;

  struct Definition {
    int type = 0;  // STT_*
    std::uint64_t size = 0;
    std::uint32_t section = 0;
    std::uint64_t value = 0;
  };

  std::filesystem::path path_;
  std::unique_ptr<File> file_;
  bool opened_ = false, indexed_ = false, named_ = false;
  std::string source_name_;
  std::unordered_multimap<std::uint64_t, Definition> definitions_;  // by hash of the name
  // Variables in a section: the name of the only one, "" when there are several.
  std::unordered_map<std::uint32_t, std::string> only_variable_;
  std::unordered_map<std::uint32_t, std::uint64_t> only_value_;

  bool open();
  void index();
  void add_symbol(std::size_t number);
  const Definition* find(int type, std::string_view name, std::uint64_t size);
  std::optional<Meaning> decode(std::uint32_t type, std::size_t symbol, std::int64_t addend);
};

}  // namespace hrwatch::analysis

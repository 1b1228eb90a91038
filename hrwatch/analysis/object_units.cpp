#include "analysis/object_units.h"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <string>

#include "analysis/unit_reader.h"
#include "analysis/unit_walk.h"
#include "analysis/whole_file.h"

namespace hrwatch::analysis {
namespace {

int no_separate_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*,
                     GElf_Word, char**) {
  return -1;
}

// An object file opened by libdwfl, which carries out the relocations of its debug info.
class RelocatedObject {
 public:
  // `bytes` are copied: a compiler may write to the file meanwhile.
  RelocatedObject(const std::string& name, const std::vector<char>& bytes) {
    static const Dwfl_Callbacks callbacks = {dwfl_build_id_find_elf, no_separate_file,
                                             dwfl_offline_section_address, nullptr};
    dwfl_ = dwfl_begin(&callbacks);
    const int copy = memfd_create("hrwatch-object", MFD_CLOEXEC);
    if (dwfl_ == nullptr || copy < 0)
      return;
    // libdwfl closes the descriptor of a module that it takes.
    Dwfl_Module* module = write_all(copy, bytes)
                              ? dwfl_report_offline(dwfl_, name.c_str(), name.c_str(), copy)
                              : nullptr;
    if (module == nullptr) {
      close(copy);
      return;
    }
    Dwarf_Addr bias = 0;
    if (dwfl_report_end(dwfl_, nullptr, nullptr) == 0)
      dwarf_ = dwfl_module_getdwarf(module, &bias);
  }

  ~RelocatedObject() { dwfl_end(dwfl_); }

  RelocatedObject(const RelocatedObject&) = delete;
  RelocatedObject& operator=(const RelocatedObject&) = delete;

  // Null: it has no debug info.
  Dwarf* dwarf() const { return dwarf_; }

 private:
  Dwfl* dwfl_ = nullptr;
  Dwarf* dwarf_ = nullptr;

  static bool write_all(int descriptor, const std::vector<char>& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t count = write(descriptor, bytes.data() + done, bytes.size() - done);
      if (count <= 0)
        return false;
      done += static_cast<std::size_t>(count);
    }
    return true;
  }
};

}  // namespace

std::vector<std::shared_ptr<const UnitFacts>> read_object_units(const std::filesystem::path& object,
                                                                std::uint64_t content) {
  std::vector<std::shared_ptr<const UnitFacts>> units;
  const std::vector<char> bytes = whole_file(object);
  if (bytes.empty() || XXH3_64bits(bytes.data(), bytes.size()) != content)
    return units;
  const RelocatedObject relocated(object.filename(), bytes);
  DebugEntries entries;
  ClassGatherer classes;
  for (UnitWalk walk(relocated.dwarf()); walk.next();) {
    auto& facts = units.emplace_back();
    if (!walk.open() || walk.is_split() || of_assembler(walk.root()))
      continue;
    auto read = read_unit(walk.root(), walk.contents(), entries, classes);
    read->of_object = true;
    facts = std::move(read);
  }
  return units;
}

}  // namespace hrwatch::analysis

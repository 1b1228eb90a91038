#include <cxxabi.h>
#include <elfutils/libdw.h>
#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string_view>

#include "stacks/mapped_files_linux.h"

namespace hrwatch::stacks {
namespace {

constexpr std::string_view rebuilt = " (deleted)";  // proc(5): the file was removed or replaced

// Never asks a server for debug information, as the standard one may do for minutes.
int no_other_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*,
                  GElf_Word, char**) {
  return -1;
}

std::string source_name(const char* symbol) {
  int status = 0;
  char* name = abi::__cxa_demangle(symbol, nullptr, nullptr, &status);
  std::string result = name != nullptr ? name : symbol;
  std::free(name);
  return result;
}

void add_line(Dwfl_Module* mapped, std::uint64_t address, core::Frame& frame) {
  Dwfl_Line* line = dwfl_module_getsrc(mapped, address);
  const char* file = line != nullptr
                         ? dwfl_lineinfo(line, nullptr, &frame.line, nullptr, nullptr, nullptr)
                         : nullptr;
  if (file == nullptr) {
    return;
  }
  std::filesystem::path path = file;
  if (const char* folder = dwfl_line_comp_dir(line); path.is_relative() && folder != nullptr) {
    path = std::filesystem::path(folder) / path;
  }
  frame.file = path.lexically_normal().string();
}

std::string without_mark(std::string_view path) {
  if (path.ends_with(rebuilt)) {
    path.remove_suffix(rebuilt.size());
  }
  return std::string(path);
}

}  // namespace

// libdwfl hands callbacks nothing of the caller's but a word for each module, empty at first.
static thread_local const ProcessImage::Mapped* opening = nullptr;

int ProcessImage::Mapped::find_file(Dwfl_Module* module, void** user, const char* name,
                                    Dwarf_Addr base, char** file_name, Elf** elf) {
  const GenerationFile* generation =
      opening != nullptr ? opening->generation_of(without_mark(name)) : nullptr;
  if (generation == nullptr || generation->file.empty()) {
    return dwfl_linux_proc_find_elf(module, user, name, base, file_name, elf);
  }
  return open(generation->file.c_str(), O_RDONLY | O_CLOEXEC);
}

const GenerationFile* ProcessImage::Mapped::generation_of(const std::string& path) const {
  const auto found = std::find_if(generations.begin(), generations.end(),
                                  [&](const auto& one) { return one.path == path; });
  return found == generations.end() ? nullptr : &*found;
}

ProcessImage::ProcessImage(int pid, std::vector<GenerationFile> generations)
    : mapped_(std::make_unique<Mapped>()) {
  mapped_->generations = std::move(generations);
  static const Dwfl_Callbacks callbacks{Mapped::find_file, no_other_file, nullptr, nullptr};
  Dwfl* const dwfl = mapped_->dwfl = dwfl_begin(&callbacks);
  if (dwfl == nullptr) {
    return;
  }
  dwfl_report_begin(dwfl);
  dwfl_linux_proc_report(dwfl, pid);
  dwfl_report_end(dwfl, nullptr, nullptr);
  // All files are opened now, while it is known for whom.
  opening = mapped_.get();
  dwfl_getmodules(
      dwfl,
      [](Dwfl_Module* module, void**, const char*, Dwarf_Addr, void*) {
        GElf_Addr bias = 0;
        dwfl_module_getelf(module, &bias);
        return static_cast<int>(DWARF_CB_OK);
      },
      nullptr, 0);
  opening = nullptr;
}

ProcessImage::~ProcessImage() {
  if (mapped_->dwfl != nullptr) {
    dwfl_end(mapped_->dwfl);
  }
}

core::Frame ProcessImage::frame_at(std::uint64_t address) const {
  core::Frame frame;
  frame.address = address;
  Dwfl* const dwfl = mapped_->dwfl;
  Dwfl_Module* mapped = dwfl != nullptr ? dwfl_addrmodule(dwfl, address) : nullptr;
  if (mapped == nullptr) {
    return frame;
  }
  const char* path =
      dwfl_module_info(mapped, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  frame.library = without_mark(path != nullptr ? path : "");
  if (const GenerationFile* generation = mapped_->generation_of(frame.library)) {
    frame.module = generation->module;
    frame.generation = generation->generation;
  }
  if (const char* symbol = dwfl_module_addrname(mapped, address)) {
    frame.function = source_name(symbol);
  }
  add_line(mapped, address, frame);
  return frame;
}

std::uint64_t ProcessImage::function_at(std::uint64_t address) const {
  Dwfl* const dwfl = mapped_->dwfl;
  Dwfl_Module* mapped = dwfl != nullptr ? dwfl_addrmodule(dwfl, address) : nullptr;
  GElf_Off offset = 0;
  GElf_Sym symbol;
  GElf_Addr bias = 0;
  if (mapped == nullptr || dwfl_module_getelf(mapped, &bias) == nullptr ||
      dwfl_module_addrinfo(mapped, address, &offset, &symbol, nullptr, nullptr, nullptr) ==
          nullptr) {
    return 0;
  }
  return address - offset - bias;
}

}  // namespace hrwatch::stacks

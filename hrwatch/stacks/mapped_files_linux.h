// What libdwfl knows of a program.
#pragma once

#include <elfutils/libdwfl.h>

#include <string>
#include <vector>

#include "stacks/process_image.h"

namespace hrwatch::stacks {

struct ProcessImage::Mapped {
  std::vector<GenerationFile> generations;
  Dwfl* dwfl = nullptr;  // null: nothing is known

  // Null: it is no file of a generation.
  const GenerationFile* generation_of(const std::string& path) const;
  static int find_file(Dwfl_Module* module, void** user, const char* name, Dwarf_Addr base,
                       char** file_name, Elf** elf);
};

}  // namespace hrwatch::stacks

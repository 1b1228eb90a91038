// Makes way for linkers: files they are going to write and that other programs hold. The rules are
// core's (core/linker_files.h); here they are carried out. Knows no ninja.
#pragma once

#include <string>
#include <vector>

#include "wire/result.h"

namespace hrwatch::build {

// A file that the next link may write: a .pdb, .dll or .exe.
struct LinkerFile {
  std::string path;  // absolute
  // A response file of the link command through which its .pdb gets another name (--pdb=..., as
  // drivers with GNU's spelling take it); "" when the command has none.
  std::string name_file;
};

// Probes each file as a linker opens it, and renames what is held; what can't be renamed gets
// another name for the next link. Where linkers replace held files (POSIX), nothing is to be done.
// Errors: a file is held, can't be renamed, and its name can't be changed; the others are seen to
// all the same. Cost: opening each file once.
hr::wire::Result<hr::wire::Done> make_way(const std::vector<LinkerFile>& files);

// True where a linker is refused a file that another program has open.
bool holders_stop_linkers();

// Gives files that no link has written anew, since it failed or was not needed, their names back:
// programs are started by them. Returns how many.
std::size_t put_back(const std::vector<LinkerFile>& files);

// Removes what was renamed aside, or got another name, and is not held any more. The .pdb by whose
// name a library or program among `files` knows its own stays. Returns how many files went.
std::size_t remove_asides(const std::vector<LinkerFile>& files);

}  // namespace hrwatch::build

// Which folders must be watched so that nothing that happens to a file is missed: its own, that of
// the file a symbolic link leads to, or, where a folder is not there yet, the nearest that is.
// Knows no watching.
#pragma once

#include <string>
#include <vector>

namespace hr::runtime {

// `path` from the root on, whatever the program's working folder will be; symbolic links stay.
std::string from_root(const std::string& path);

struct WatchedName {
  std::string folder;  // absolute, there now
  std::string name;    // in it: the file, or the next folder on the way to it
};

// For the absolute `path`. Thread: any. Cost: a few system calls.
std::vector<WatchedName> names_to_watch(const std::string& path);

// There is no file of that name.
bool is_absent(const std::string& path);

// It is another name of a file that has one, and so not one that has just begun to be written.
bool is_another_name(const std::string& path);

}  // namespace hr::runtime

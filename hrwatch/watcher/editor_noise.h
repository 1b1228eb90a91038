// Which file names are the by-products of editors and copying programs rather than files anybody
// builds from. Pure: knows names only, neither the disk nor the project.
#pragma once

#include <string_view>

namespace hrwatch::watcher {

// True for names that vim, emacs, nano, kate, JetBrains IDEs, GTK programs, sed, perl, rsync and
// NFS make and remove around a save. `name` is the last component of a path. A file that the
// project depends on is never noise, whatever its name: callers ask that first.
bool is_editor_noise(std::string_view name);

}  // namespace hrwatch::watcher

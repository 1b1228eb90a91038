#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <new>
#include <vector>

#include "src/own_descriptor.h"
#include "src/private_folder.h"

namespace hr::runtime {
namespace {

// Held by the process whose folder it is, and by no other.
constexpr const char* lock_name = "/in-use";

struct Made {
  std::mutex mutex;
  std::string folder;
  OwnDescriptor lock;
  pid_t owner = 0;
};

// Never destroyed: threads may be loading while the program ends.
Made& made() {
  static Made& only = *new Made;
  return only;
}

std::string name_begin() {
  return "hr-" + std::to_string(::geteuid()) + "-";
}

// The names in a folder.
std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  DIR* entries = ::opendir(folder.c_str());
  if (entries == nullptr)
    return names;
  while (const dirent* entry = ::readdir(entries))
    names.emplace_back(entry->d_name);
  ::closedir(entries);
  return names;
}

void remove_folder(const std::string& folder) {
  for (const std::string& name : names_in(folder)) {
    if (name != "." && name != "..")
      ::unlink((folder + "/" + name).c_str());
  }
  ::rmdir(folder.c_str());
}

bool is_ours(const std::string& folder) {
  struct stat status = {};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == ::geteuid();
}

// What nobody holds any more. One that is being made has no lock file yet and is left alone.
void remove_leftovers(const std::string& parent) {
  for (const std::string& name : names_in(parent)) {
    const std::string folder = parent + "/" + name;
    if (name.rfind(name_begin(), 0) != 0 || !is_ours(folder))
      continue;
    const int lock = ::open((folder + lock_name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0)
      continue;
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0)
      remove_folder(folder);
    ::close(lock);
  }
}

bool can_run_from(const std::string& folder) {
  struct statvfs facts = {};
  return ::statvfs(folder.c_str(), &facts) == 0 && (facts.f_flag & ST_NOEXEC) == 0 &&
         ::access(folder.c_str(), W_OK | X_OK) == 0;
}

std::vector<std::string> parents(const std::string& last_choice) {
  std::vector<std::string> result;
  const auto add = [&](const char* folder) {
    if (folder != nullptr && *folder == '/')
      result.emplace_back(folder);
  };
  add(std::getenv("TMPDIR"));
  add("/tmp");
  add(std::getenv("XDG_RUNTIME_DIR"));
  add(last_choice.c_str());
  return result;
}

bool make_in(const std::string& parent, Made& made_here) {
  std::string folder = parent + "/" + name_begin() + "XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr)
    return false;
  const int lock =
      ::open((folder + lock_name).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (lock < 0 || ::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (lock >= 0)
      ::close(lock);
    remove_folder(folder);
    return false;
  }
  made_here.folder = folder;
  made_here.lock = OwnDescriptor(lock);
  made_here.owner = ::getpid();
  return true;
}

__attribute__((destructor)) void remove_at_exit() {
  Made& here = made();
  if (!here.folder.empty() && here.owner == ::getpid())
    remove_folder(here.folder);
}

}  // namespace

wire::Result<std::string> private_folder(const std::string& last_choice) {
  Made& here = made();
  const std::lock_guard lock(here.mutex);
  if (!here.folder.empty() && is_ours(here.folder))
    return here.folder;
  for (const std::string& parent : parents(last_choice)) {
    if (!can_run_from(parent))
      continue;
    remove_leftovers(parent);
    if (make_in(parent, here))
      return here.folder;
  }
  return wire::Failure{"there is no folder for copies of libraries",
                       "neither $TMPDIR, /tmp, $XDG_RUNTIME_DIR nor " + last_choice +
                           " can be written to and run programs from",
                       "set TMPDIR to a folder of yours that is not mounted noexec"};
}

std::string private_folder_if_made() {
  Made& here = made();
  const std::lock_guard lock(here.mutex);
  return here.folder;
}

void leave_private_folder() {
  Made& here = made();
  new (&here.mutex) std::mutex;
  here.folder.clear();
}

}  // namespace hr::runtime

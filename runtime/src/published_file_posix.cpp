#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "src/build_id.h"
#include "src/opened.h"
#include "src/published_file.h"

namespace hr::runtime {
namespace {

wire::Failure refuse(const std::string& path, std::string why) {
  return {"will not load " + path, std::move(why),
          "build with hrwatch in the build folder that this program was built in"};
}

// The path without symbolic links, "" when there is no such file.
std::string real_path(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  std::string result = real != nullptr ? real : "";
  std::free(real);
  return result;
}

bool only_ours(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

wire::Result<PublishedFile> inspect_published(const std::string& path, const std::string& build_dir,
                                              const std::string& build_id) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash + 1 == path.size())
    return refuse(path, "it is not the path of a file");
  const std::string name = path.substr(slash + 1);
  const std::string folder = real_path(path.substr(0, slash));
  if (folder.empty() || folder != real_path(build_dir + "/.hrwatch/gen") || name == "..")
    return refuse(path, "it is not in " + build_dir + "/.hrwatch/gen");
  struct stat status = {};
  if (::stat(folder.c_str(), &status) != 0 || !only_ours(status))
    return refuse(path, "its folder belongs to another user, or others may write there");
  PublishedFile file;
  file.path = folder + "/" + name;
  const Opened opened(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (opened.descriptor < 0)
    return refuse(path, std::generic_category().message(errno));
  if (::fstat(opened.descriptor, &status) != 0 || !S_ISREG(status.st_mode))
    return refuse(path, "it is not a regular file");
  if (!only_ours(status))
    return refuse(path, "it belongs to another user, or others may write to it");
  auto facts = read_library_facts(opened.descriptor);
  if (!facts)
    return facts.failure();
  file.facts = facts.value();
  if (file.facts.build_id.empty() || file.facts.build_id != build_id)
    return refuse(path, "its build-id is not the announced one: it was changed after publishing");
  if (file.facts.initialiser_bytes != 0)
    return refuse(path, "it was not prepared: its static initialisers would run again");
  return file;
}

}  // namespace hr::runtime

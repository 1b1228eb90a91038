// The CMake File API as a client sees it: asks CMake for its model and reads the reply (cmake-file-
// api(7): codemodel v2, cache v2, cmakeFiles v1, toolchains v1), and the files that
// add_hot_module() leaves for the tool. Knows the formats and the build folder; runs nothing and
// watches nothing.
#pragma once

#include <string>
#include <vector>

#include "core/project_model.h"
#include "wire/result.h"

namespace hrwatch::project {

// What the replies say, before ninja has been asked.
struct CMakeReply {
  core::ProjectModel model;                 // owners: sources only
  std::vector<std::string> system_folders;  // of the compilers
};

// Where CMake puts its replies.
std::string reply_folder(const std::string& build_dir);

// Writes the query of this client unless it is there already.
// Errors: the build folder can't be written.
hr::wire::Result<hr::wire::Done> write_query(const std::string& build_dir);

// The name of the newest reply's index; "" when CMake has not answered (this client) yet. It
// changes with every run of CMake.
std::string current_reply(const std::string& build_dir);

// Reads the current reply for one configuration ("": the one of the build folder, or the first).
// Errors: no answer, a file that is not what CMake documents, an unknown configuration.
// Thread: any; reads one file a target.
hr::wire::Result<CMakeReply> read_reply(const std::string& build_dir, const std::string& config);

// An entry of <build>/CMakeCache.txt; "" when there is none.
std::string cache_entry(const std::string& build_dir, const std::string& name);

}  // namespace hrwatch::project

// What a platform provides for session_file.h: where the file lies, and writing it for this user
// alone. Knows no content.
#pragma once

#include <string>

#include "wire/result.h"

namespace hrwatch::server {

std::string session_folder(const std::string& build_dir);  // <build>/.hrwatch

// By rename: a reader sees all of it or what was there before. Errors: as write_session().
hr::wire::Result<hr::wire::Done> write_session_text(const std::string& path,
                                                    const std::string& text);

}  // namespace hrwatch::server

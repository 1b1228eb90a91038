// What a build does before it links, without a session.
#pragma once

#include <string>
#include <vector>

#include "wire/result.h"

namespace hrwatch::app {

// True where a linker is refused files that others have open.
bool links_need_way();

// See build/link_step.h.
hr::wire::Result<hr::wire::Done> make_way_for_link(const std::vector<std::string>& outputs,
                                                   const std::string& response_file);

}  // namespace hrwatch::app

// The names that members have in the classes of states, for programs that write their state down by
// name. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/description.h"

namespace hrwatch::analysis {

// Of every class that has a type table (hr/state.h) in `build`; members of bases with them.
std::map<std::string, std::vector<Member>> member_names(const Description& build);

}  // namespace hrwatch::analysis

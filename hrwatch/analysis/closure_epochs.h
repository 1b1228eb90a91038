// Closures have no names, only numbers within their function: an edit can shift them. This tells
// when, and gives functions an identity that shifted closures don't share.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/description.h"
#include "analysis/lineage_state.h"

namespace hrwatch::analysis {

using ClosureGroups = std::unordered_map<std::string, ClosureGroup>;

// The closure groups of `next` as generation `number`: a group whose numbering may have shifted
// against `known` starts a new epoch; `shifted` takes its name.
ClosureGroups closure_groups(const Description& next, const ClosureGroups& known,
                             std::uint32_t number, std::vector<std::string>& shifted);

Identity identity_of(const Function& function, const ClosureGroups& groups, const Epochs& epochs);

}  // namespace hrwatch::analysis

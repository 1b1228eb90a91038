#include "build/link_watch.h"

namespace hrwatch::build {

// Linkers write in place there.
struct LinkWatch::Watch {};

LinkWatch::LinkWatch(uv_loop_t*, std::function<void(const std::string&)>) {}

LinkWatch::~LinkWatch() = default;

void LinkWatch::watch(const std::vector<std::string>&) {}

}  // namespace hrwatch::build

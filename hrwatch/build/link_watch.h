// Tells when a linker has put a finished file in its place. Linkers that write a new file beside
// the old one and rename it (lld, mold) take tens of milliseconds to end after that, and so does
// the build. Knows no build.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hrwatch::build {

// Loop's thread only.
class LinkWatch {
 public:
  // `linked` gets the path of each watched file that something was renamed to. Never called on
  // Windows, nor where the system has no watch left: whoever needs the file waits for the build.
  LinkWatch(uv_loop_t* loop, std::function<void(const std::string&)> linked);
  ~LinkWatch();
  LinkWatch(const LinkWatch&) = delete;
  LinkWatch& operator=(const LinkWatch&) = delete;

  // From now on these files (absolute paths) instead of those before.
  void watch(const std::vector<std::string>& files);

 private:
  struct Watch;
  std::unique_ptr<Watch> watch_;
};

}  // namespace hrwatch::build

#include "app/trace_file.h"

namespace hrwatch::app {

std::FILE* open_trace_file(const std::string& path) {
  return std::fopen(path.c_str(), "we");
}

}  // namespace hrwatch::app

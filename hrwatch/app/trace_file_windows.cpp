#include <filesystem>

#include "app/trace_file.h"

namespace hrwatch::app {

std::FILE* open_trace_file(const std::string& path) {
  return _wfopen(std::filesystem::path(path).c_str(), L"wbN");
}

}  // namespace hrwatch::app

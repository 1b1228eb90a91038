#include "src/loaded_image.h"

#include <algorithm>

namespace hr::runtime {

bool LoadedImage::holds(wire::Address address, std::uint64_t size) const {
  const Pointer first = at(address);
  return std::any_of(segments.begin(), segments.end(), [&](const LoadedSegment& segment) {
    return first >= segment.begin && first <= segment.end && size <= segment.end - first;
  });
}

bool LoadedImage::holds_code(wire::Address address, std::uint64_t size) const {
  const Pointer first = at(address);
  return std::any_of(segments.begin(), segments.end(), [&](const LoadedSegment& segment) {
    return segment.executable && first >= segment.begin && first <= segment.end &&
           size <= segment.end - first;
  });
}

}  // namespace hr::runtime

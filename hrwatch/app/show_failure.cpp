#include "app/show_failure.h"

#include <cstdio>

#include "report/render.h"

namespace hrwatch::app {

void show_failure(const hr::wire::Failure& failure, bool json, bool colour) {
  if (json) {
    std::fputs(report::render_json(core::ErrorNews{failure}, {}).c_str(), stdout);
  } else {
    std::fputs(report::render_failure(failure, {colour, 0}).c_str(), stderr);
  }
}

}  // namespace hrwatch::app

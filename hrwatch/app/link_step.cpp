#include "app/link_step.h"

#include "build/link_step.h"
#include "build/linker_files.h"

namespace hrwatch::app {

bool links_need_way() {
  return build::holders_stop_linkers();
}

hr::wire::Result<hr::wire::Done> make_way_for_link(const std::vector<std::string>& outputs,
                                                   const std::string& response_file) {
  return build::make_way_for_link(outputs, response_file);
}

}  // namespace hrwatch::app

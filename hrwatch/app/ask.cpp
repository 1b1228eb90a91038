#include "app/ask.h"

#include "server/ask_session.h"

namespace hrwatch::app {

hr::wire::Result<hr::wire::Answered> ask(const std::string& build_dir, const std::string& verb,
                                         const std::string& argument) {
  // Longer than the session waits for its programs.
  return server::ask_session(build_dir, verb, argument, std::chrono::seconds{15});
}

}  // namespace hrwatch::app

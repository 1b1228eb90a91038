// A running `hrwatch --json`, and what it says. Knows the events of DESIGN 3.2, not how they come
// about.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/child.h"

namespace hrwatch::tests {

using Event = nlohmann::json;

class Tool {
 public:
  // Starts `program` --json with `arguments` in `folder`.
  Tool(const std::filesystem::path& program, std::vector<std::string> arguments,
       const std::filesystem::path& folder, ChildOptions options = {});

  // All events so far. A line that is no JSON object with `event` and `time_ms` becomes an event
  // named "not-json".
  std::vector<Event> events() const;

  // How many events of this name there are from number `from` on.
  std::size_t count(const std::string& name, std::size_t from = 0) const;

  // Number of events so far: where a later `wait` starts looking.
  std::size_t mark() const { return events().size(); }

  // The first event of this name from number `from` on, for which `fits` holds; nothing when it
  // does not come in time.
  std::optional<Event> wait(const std::string& name, std::size_t from = 0,
                            std::chrono::milliseconds deadline = std::chrono::seconds(30),
                            const std::function<bool(const Event&)>& fits = {}) const;

  // Nothing is said for `quiet`; false when it never gets quiet within 30 s.
  bool settle(std::chrono::milliseconds quiet) const;

  // Everything it said, for a failing test.
  std::string transcript() const;

  Child& process() { return child_; }

  int pid() const { return child_.pid(); }

 private:
  Child child_;
};

}  // namespace hrwatch::tests

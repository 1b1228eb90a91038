#include "support/tool.h"

#include "support/wait.h"

namespace hrwatch::tests {

namespace {

ChildOptions with_program(const std::filesystem::path& program, std::vector<std::string> arguments,
                          const std::filesystem::path& folder, ChildOptions options) {
  options.arguments = {program.string(), "--json"};
  for (std::string& argument : arguments)
    options.arguments.push_back(std::move(argument));
  options.folder = folder;
  return options;
}

Event parse(const std::string& line) {
  Event event = Event::parse(line, nullptr, false);
  if (!event.is_object() || !event.contains("event") || !event.contains("time_ms"))
    return {{"event", "not-json"}, {"line", line}};
  return event;
}

}  // namespace

Tool::Tool(const std::filesystem::path& program, std::vector<std::string> arguments,
           const std::filesystem::path& folder, ChildOptions options)
    : child_(with_program(program, std::move(arguments), folder, std::move(options))) {}

std::vector<Event> Tool::events() const {
  std::vector<Event> events;
  for (const std::string& line : child_.lines())
    events.push_back(parse(line));
  return events;
}

std::size_t Tool::count(const std::string& name, std::size_t from) const {
  const std::vector<Event> all = events();
  std::size_t found = 0;
  for (std::size_t i = from; i < all.size(); ++i)
    found += all[i]["event"] == name ? 1 : 0;
  return found;
}

std::optional<Event> Tool::wait(const std::string& name, std::size_t from,
                                std::chrono::milliseconds deadline,
                                const std::function<bool(const Event&)>& fits) const {
  std::optional<Event> found;
  wait_until(
      [&] {
        const std::vector<Event> all = events();
        for (std::size_t i = from; i < all.size() && !found; ++i)
          if (all[i]["event"] == name && (!fits || fits(all[i])))
            found = all[i];
        return found.has_value();
      },
      deadline);
  return found;
}

bool Tool::settle(std::chrono::milliseconds quiet) const {
  std::size_t said = mark();
  auto since = std::chrono::steady_clock::now();
  return wait_until(
      [&] {
        const auto now = std::chrono::steady_clock::now();
        if (const std::size_t more = mark(); more != said) {
          said = more;
          since = now;
        }
        return now - since >= quiet;
      },
      std::chrono::seconds(30));
}

std::string Tool::transcript() const {
  std::string text;
  for (const std::string& line : child_.lines())
    text += line + '\n';
  return text + child_.errors();
}

}  // namespace hrwatch::tests

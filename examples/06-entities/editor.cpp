// The editor: fills a pond, and writes it to a file. Keeps objects of the plugin over every reload.
#include <chrono>
#include <fstream>
#include <future>
#include <hr/hr.hpp>
#include <iostream>
#include <optional>
#include <sstream>

#include "pond.h"

struct Editor {
  std::string path;
  Entities entities;
  Entity* chosen = nullptr;  // one of them

  void open() {
    std::stringstream blob;
    blob << std::ifstream(path).rdbuf();
    entities = from_blob(blob.str());
    chosen = nullptr;
  }

  void add(const std::string& kind) {
    if (auto entity = make_entity(kind)) {
      chosen = entity.get();
      entities.push_back(std::move(entity));
    } else {
      std::cout << "there is no kind " << kind << '\n';
    }
  }

  void choose(std::size_t number) {
    if (number < entities.size())
      chosen = entities[number].get();
  }

  void show() const {
    std::cout << picture(entities) << '\n';
    for (const auto& entity : entities)
      std::cout << (entity.get() == chosen ? "> " : "  ") << entity->write() << '\n';
    std::cout << std::flush;
  }
};

static void obey(Editor& editor, const std::string& line) {
  std::istringstream words(line);
  std::string verb, what;
  words >> verb >> what;
  if (verb == "add")
    editor.add(what);
  else if (verb == "choose")
    editor.choose(std::strtoul(what.c_str(), nullptr, 10));
  else if (verb == "set" && editor.chosen != nullptr)
    editor.chosen->read(line);
  else if (verb == "write")
    std::ofstream(editor.path) << to_blob(editor.entities);
  else if (verb == "open")
    editor.open();
  else if (!verb.empty())
    std::cout << "add KIND | choose NUMBER | set FIELD=VALUE | write | open\n";
  editor.show();
}

static std::optional<std::string> read_line() {
  std::string line;
  return std::getline(std::cin, line) ? std::optional(line) : std::nullopt;
}

// pond_editor [--no-hot-reload] [FILE]: commands from standard input, until it ends.
int main(int argc, char** argv) {
  argc = hr::args(argc, argv);
  Editor editor;
  editor.path = argc > 1 ? argv[1] : "pond.txt";
  editor.open();
  editor.show();
  const auto listener = hr::on_event([&](const hr_event& event) {
    if (event.kind == HR_EVENT_RELOADED)
      editor.show();
  });
  for (;;) {
    auto line = std::async(std::launch::async, read_line);
    while (line.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready)
      hr::poll();  // new code goes live here, and objects get their new fields
    const std::optional<std::string> command = line.get();
    if (!command)
      return 0;
    obey(editor, *command);
  }
}

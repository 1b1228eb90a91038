#include "report/screen.h"

namespace hrwatch::report {
namespace {

class JsonScreen final : public Screen {
 public:
  JsonScreen(Streams streams, core::Time began) : streams_(std::move(streams)), began_(began) {}

  void show(const core::News& news, core::Time now) override {
    if (const auto* text = std::get_if<core::BuildText>(&news)) {
      streams_.err(text->text);
      return;
    }
    const auto line = render_json(news, now - began_);
    if (!line.empty()) {
      streams_.out(line);
    }
  }

 private:
  Streams streams_;
  core::Time began_;
};

}  // namespace

std::unique_ptr<Screen> make_json_screen(Streams streams, core::Time began) {
  return std::make_unique<JsonScreen>(std::move(streams), began);
}

}  // namespace hrwatch::report

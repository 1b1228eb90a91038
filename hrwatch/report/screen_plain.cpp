#include "report/screen.h"

namespace hrwatch::report {
namespace {

class PlainScreen final : public Screen {
 public:
  PlainScreen(Streams streams, Style style)
      : streams_(std::move(streams)), style_(std::move(style)) {}

  void show(const core::News& news, core::Time) override {
    const auto text = render_text(news, style_);
    if (text.empty()) {
      return;
    }
    const bool error = std::holds_alternative<core::ErrorNews>(news);
    (error ? streams_.err : streams_.out)(text);
  }

 private:
  Streams streams_;
  Style style_;
};

}  // namespace

std::unique_ptr<Screen> make_plain_screen(Streams streams, Style style) {
  return std::make_unique<PlainScreen>(std::move(streams), std::move(style));
}

}  // namespace hrwatch::report

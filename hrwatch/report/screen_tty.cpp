#include "report/screen.h"

namespace hrwatch::report {
namespace {

class TtyScreen final : public Screen {
 public:
  TtyScreen(Streams streams, Style style)
      : streams_(std::move(streams)), style_(std::move(style)) {}

  void show(const core::News& news, core::Time) override {
    if (const auto* began = std::get_if<core::BuildBegan>(&news)) {
      targets_.clear();
      for (const auto& target : began->targets) {
        targets_ += (targets_.empty() ? "" : ", ") + target;
      }
      status("building " + targets_);
      return;
    }
    if (const auto* progress = std::get_if<core::BuildAdvanced>(&news)) {
      status(status_line(*progress, targets_, style_));
      return;
    }
    const auto text = render_text(news, style_);
    const bool ends_build = std::holds_alternative<core::BuildDone>(news) ||
                            std::holds_alternative<core::BuildDropped>(news) ||
                            std::holds_alternative<core::BuildBroke>(news);
    const std::string again = ends_build ? "" : status_;
    if (text.empty() && !ends_build) {
      return;
    }
    clear();
    if (!text.empty()) {
      streams_.out(text);
    }
    if (!again.empty()) {
      status(again);
    }
  }

  void finish() override { clear(); }

 private:
  void clear() {
    if (!status_.empty()) {
      streams_.out("\r\x1b[K");
      status_.clear();
    }
  }

  void status(const std::string& line) {
    status_ = cut(line, style_.width > 1 ? style_.width - 1 : 0);
    streams_.out("\r\x1b[K" + status_);
  }

  Streams streams_;
  Style style_;
  std::string targets_;
  std::string status_;
};

}  // namespace

std::unique_ptr<Screen> make_tty_screen(Streams streams, Style style) {
  return std::make_unique<TtyScreen>(std::move(streams), std::move(style));
}

}  // namespace hrwatch::report

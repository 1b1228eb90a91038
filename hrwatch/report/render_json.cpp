#include <cmath>
#include <nlohmann/json.hpp>

#include "core/crash_words.h"
#include "report/render.h"

namespace hrwatch::report {
namespace {

using nlohmann::ordered_json;

double ms(core::Time span) {
  return std::round(core::to_ms(span) * 1000.0) / 1000.0;
}

// The fields of one event; an empty object: the contract has none.
struct Fields {
  ordered_json operator()(const core::Watching& news) const {
    return {{"event", "watching"},
            {"targets", news.targets},
            {"build_dir", news.build_dir},
            {"files", news.files}};
  }

  ordered_json operator()(const core::AppJoined& news) const {
    return {{"event", "app_joined"},
            {"pid", news.pid},
            {"modules", news.modules},
            {"program", news.program}};
  }

  ordered_json operator()(const core::AppLeft& news) const {
    return {{"event", "app_left"}, {"pid", news.pid}};
  }

  ordered_json operator()(const core::Change& news) const {
    return {{"event", "change"}, {"files", news.files}, {"reasons", news.reasons}};
  }

  ordered_json operator()(const core::BuildBegan& news) const {
    return {{"event", "build_started"}, {"targets", news.targets}};
  }

  ordered_json operator()(const core::BuildAdvanced& news) const {
    return {{"event", "build_progress"}, {"done", news.done}, {"total", news.total}};
  }

  ordered_json operator()(const core::BuildText&) const { return {}; }

  ordered_json operator()(const core::BuildBroke& news) const {
    auto list = ordered_json::array();
    for (const auto& d : news.diagnostics) {
      list.push_back({{"file", d.file},
                      {"line", d.line},
                      {"column", d.column},
                      {"severity", d.severity},
                      {"message", d.message}});
    }
    return {{"event", "build_failed"}, {"diagnostics", std::move(list)}};
  }

  ordered_json operator()(const core::BuildDone& news) const {
    return {{"event", "build_finished"}, {"ms", ms(news.took)}};
  }

  ordered_json operator()(const core::BuildDropped&) const { return {}; }

  ordered_json operator()(const core::Reloaded& news) const {
    const auto& stages = news.stages;
    ordered_json json = {{"event", "reloaded"},
                         {"pid", news.pid},
                         {"module", news.module},
                         {"generation", news.generation},
                         {"total_ms", ms(news.total)},
                         {"stages_ms",
                          {{"settle", ms(stages.settle)},
                           {"build", ms(stages.build)},
                           {"analyse", ms(stages.analyse)},
                           {"publish", ms(stages.publish)},
                           {"load", ms(stages.load)},
                           {"wait", ms(stages.wait)},
                           {"commit", ms(stages.commit)}}}};
    if (!news.remarks.empty()) {
      json["remarks"] = news.remarks;
    }
    return json;
  }

  ordered_json operator()(const core::RefusedReload& news) const {
    return {{"event", "refused"},          {"pid", news.pid},         {"module", news.module},
            {"reason", news.failure.what}, {"why", news.failure.why}, {"fix", news.failure.fix}};
  }

  ordered_json operator()(const core::UnchangedModule& news) const {
    return {{"event", "unchanged"}, {"module", news.module}};
  }

  ordered_json operator()(const core::CrashedApp& news) const {
    const core::Frame nowhere;
    const core::Frame* found = core::place_of(news.frames);
    const core::Frame& place = found != nullptr ? *found : nowhere;
    auto frames = ordered_json::array();
    for (const auto& frame : news.frames) {
      frames.push_back({{"function", frame.function},
                        {"file", frame.file},
                        {"line", frame.line},
                        {"module", frame.module},
                        {"generation", frame.generation},
                        {"library", frame.library},
                        {"address", frame.address}});
    }
    return {{"event", "crashed"},
            {"pid", news.pid},
            {"signal", news.crash.cause},
            {"function", place.function},
            {"file", place.file},
            {"line", place.line},
            {"detail", news.crash.detail},
            {"address", news.crash.address},
            {"thread", news.crash.thread},
            {"module", news.crash.module},
            {"generation", news.crash.generation},
            {"outcome", core::outcome_word(news.crash.outcome)},
            {"running", news.crash.running},
            {"frames", std::move(frames)}};
  }

  ordered_json operator()(const core::RolledBack& news) const {
    return {{"event", "rolled_back"},      {"pid", news.pid},
            {"module", news.module},       {"generation", news.generation},
            {"withdrawn", news.withdrawn}, {"after_crash", news.after_crash}};
  }

  ordered_json operator()(const core::OldCodeLeft& news) const {
    return {{"event", "old_code_left"}, {"pid", news.pid}};
  }

  ordered_json operator()(const core::RelaunchedApp& news) const {
    return {{"event", "relaunched"}, {"pid", news.pid}, {"reason", news.reason}};
  }

  ordered_json operator()(const core::ErrorNews& news) const {
    return {{"event", "error"},
            {"what", news.failure.what},
            {"why", news.failure.why},
            {"fix", news.failure.fix}};
  }

  ordered_json operator()(const core::Note&) const { return {}; }
};

}  // namespace

std::string render_json(const core::News& news, core::Time since_start) {
  ordered_json fields = std::visit(Fields{}, news);
  if (fields.empty()) {
    return {};
  }
  fields["time_ms"] = ms(since_start);
  return fields.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace hrwatch::report

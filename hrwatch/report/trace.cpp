#include "report/trace.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace hrwatch::report {
namespace {

double us(core::Time span) {
  return std::chrono::duration<double, std::micro>(span).count();
}

}  // namespace

std::string Trace::span(const std::string& name, core::Time begin, core::Time length,
                        const std::string& lane) {
  const nlohmann::ordered_json event{
      {"name", name},      {"cat", "hrwatch"}, {"ph", "X"},  {"ts", us(begin - began_)},
      {"dur", us(length)}, {"pid", 1},         {"tid", lane}};
  const std::string before = std::exchange(first_, false) ? "[\n" : ",\n";
  return before + event.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string Trace::add(const core::News& news, core::Time now) {
  if (const auto* done = std::get_if<core::BuildDone>(&news)) {
    return span("ninja", now - done->took, done->took, "build");
  }
  const auto* reloaded = std::get_if<core::Reloaded>(&news);
  if (reloaded == nullptr) {
    return {};
  }
  const auto lane = reloaded->module + " in " + std::to_string(reloaded->pid);
  const auto& s = reloaded->stages;
  const std::array stages{std::pair{"settle", s.settle},   std::pair{"build", s.build},
                          std::pair{"analyse", s.analyse}, std::pair{"publish", s.publish},
                          std::pair{"load", s.load},       std::pair{"wait", s.wait},
                          std::pair{"commit", s.commit}};
  std::string text = span("reload " + std::to_string(reloaded->generation), reloaded->began,
                          reloaded->total, lane);
  core::Time at = reloaded->began;
  for (const auto& [name, length] : stages) {
    text += span(name, at, length, lane);
    at += length;
  }
  return text;
}

std::string Trace::end() const {
  return first_ ? "[]\n" : "\n]\n";
}

}  // namespace hrwatch::report

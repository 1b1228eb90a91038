#include "analysis/initialiser_statements.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "analysis/control_flow.h"

namespace hrwatch::analysis {

namespace {

using Statement = Initialiser::Statement;
using Variables = std::vector<std::uint32_t>;
using Body = std::pair<Address, Address>;

void unify(Variables& variables) {
  std::sort(variables.begin(), variables.end());
  variables.erase(std::unique(variables.begin(), variables.end()), variables.end());
}

// Everything the proofs look at.
struct Source {
  const ElfImage& image;
  const InitialiserTouches& initialiser;
  std::span<const Variable> variables;
  std::span<const DebugInfo::LineRow> rows;

  std::optional<std::vector<Step>> steps(const Body& body) const {
    return decode_steps(image.bytes_at(body.first, body.second - body.first), body.first);
  }

  Variables touched(Address begin, Address end) const {
    Variables result;
    for (const Touch& touch : initialiser.touches)
      if (touch.at >= begin && touch.at < end)
        result.push_back(touch.variable);
    unify(result);
    return result;
  }

  // Those of `among` to whose declaration a line belongs: the last ones declared at or before it.
  // Initialisers of several lines begin anywhere between their own declaration and the next one.
  Variables owners(const DebugInfo::LineRow& row, const Variables& among) const {
    Variables result;
    std::uint32_t nearest = 0;
    for (const std::uint32_t variable : among) {
      const std::uint32_t line =
          variable < variables.size() ? line_in(variables[variable].declared, row.file) : 0;
      if (line == 0 || line > row.line || line < nearest)
        continue;
      if (line > nearest)
        result.clear();
      nearest = line;
      result.push_back(variable);
    }
    return result;
  }

  // The line of "file:line" when it is in `file`; else 0.
  static std::uint32_t line_in(const std::string& place, const std::string& file) {
    std::uint32_t line = 0;
    if (place.size() > file.size() + 1 && place[file.size()] == ':' &&
        place.compare(0, file.size(), file) == 0)
      std::from_chars(place.data() + file.size() + 1, place.data() + place.size(), line);
    return line;
  }
};

bool jumps(const Step& step) {
  return step.kind == Step::Kind::jump || step.kind == Step::Kind::branch;
}

// ---- clang: the initialiser calls one function an object

// What the object's function builds: its code begins with a line of the declaration.
Variables built_by(const Source& source, const Body& body, const Variables& touched) {
  for (const DebugInfo::LineRow& row : source.rows)
    if (row.address >= body.first && row.address < body.second)
      return source.owners(row, touched);
  return {};
}

// Straight code that does nothing but call those functions: each call is a statement.
std::vector<Statement> split_calls(const Source& source) {
  const std::vector<Body>& bodies = source.initialiser.bodies;
  const auto steps = source.steps(bodies.front());
  if (!steps || !source.touched(bodies.front().first, bodies.front().second).empty())
    return {};
  std::vector<Statement> statements;
  for (const Step& step : *steps) {
    if (jumps(step) || step.kind == Step::Kind::indirect_jump || step.writes != 0)
      return {};
    if (step.kind != Step::Kind::call)
      continue;
    const auto callee = std::find_if(bodies.begin() + 1, bodies.end(),
                                     [&](const Body& body) { return body.first == step.target; });
    if (callee == bodies.end())
      return {};
    Statement statement;
    statement.begin = step.address;
    statement.end = step.end();
    statement.variables = source.touched(callee->first, callee->second);
    statement.builds = built_by(source, *callee, statement.variables);
    statements.push_back(std::move(statement));
  }
  return statements;
}

// ---- g++: one function builds all objects of the unit, one after the other

// `__static_initialization_and_destruction_0(int initialise, int priority)` as -O0 makes it:
// prologue, `if (initialise == 1 && priority == 65535)`, statements, [jmp], landing pads, epilogue.
class UnitInitialiser {
 public:
  UnitInitialiser(const Source& source, std::vector<Step> steps, Address end)
      : source_(source), steps_(std::move(steps)), end_(end) {}

  std::vector<Statement> split() {
    if (!find_frame() || !cut() || !all_are_built() || !stay_inside() || !carry_nothing())
      return {};
    Statement prologue;
    prologue.begin = steps_.front().address;
    prologue.end = first_;
    prologue.prologue = true;
    statements_.insert(statements_.begin(), std::move(prologue));
    return std::move(statements_);
  }

 private:
  const Source& source_;
  std::vector<Step> steps_;
  Address end_;
  Address first_ = 0;  // of the statements
  Address last_ = 0;   // behind the statements: the jump over the landing pads, or the epilogue
  Address pads_ = 0;   // the landing pads; the epilogue when there are none
  Address epilogue_ = 0;
  std::vector<Statement> statements_;

  bool find_frame() {
    std::size_t i = 0;
    while (i < steps_.size() && !steps_[i].compared) {
      if (steps_[i].kind != Step::Kind::plain && steps_[i].kind != Step::Kind::padding)
        return false;
      ++i;
    }
    if (i + 4 >= steps_.size() || steps_[i].compared != 1 || steps_[i + 2].compared != 0xffff)
      return false;
    const Step &one = steps_[i + 1], &two = steps_[i + 3];
    if (one.kind != Step::Kind::branch || two.kind != Step::Kind::branch ||
        one.target != two.target)
      return false;
    epilogue_ = one.target;
    first_ = two.end();
    return first_ < epilogue_ && epilogue_ < end_ && starts_step(epilogue_) && find_pads(i + 4) &&
           source_.touched(epilogue_, end_).empty() &&
           source_.touched(steps_.front().address, first_).empty();
  }

  bool starts_step(Address address) const {
    const auto found =
        std::lower_bound(steps_.begin(), steps_.end(), address,
                         [](const Step& step, Address where) { return step.address < where; });
    return found != steps_.end() && found->address == address;
  }

  // Landing pads stand behind a jump over them to the epilogue; nothing but unwinding leads there.
  bool find_pads(std::size_t from) {
    last_ = pads_ = epilogue_;
    Address furthest = 0;  // how far the branches so far lead, the epilogue apart
    for (std::size_t i = from; i < steps_.size() && steps_[i].address < epilogue_; ++i) {
      const Step& step = steps_[i];
      if (step.kind == Step::Kind::jump && step.target == epilogue_ && furthest <= step.address) {
        last_ = step.address;
        pads_ = step.end();
        return true;
      }
      if (jumps(step) && step.target != epilogue_)
        furthest = std::max(furthest, step.target);
    }
    return true;
  }

  // The initialiser itself stands on the unit's last line, and so do parts of its objects' code
  // (the temporaries of an initializer_list): they belong to the statement around them, and before
  // the first one to that.
  bool on_closing_line(const DebugInfo::LineRow& row, const Variables& touched) const {
    const auto behind = std::upper_bound(
        source_.rows.begin(), source_.rows.end(), steps_.front().address,
        [](Address where, const DebugInfo::LineRow& one) { return where < one.address; });
    if (behind == source_.rows.begin())
      return false;
    const DebugInfo::LineRow& own = *(behind - 1);
    if (own.line != row.line || own.file != row.file)
      return false;
    return std::none_of(touched.begin(), touched.end(), [&](std::uint32_t variable) {
      return variable < source_.variables.size() &&
             Source::line_in(source_.variables[variable].declared, row.file) == row.line;
    });
  }

  // A statement begins where the lines of another object's declaration begin.
  bool cut() {
    const Variables touched = source_.touched(first_, last_);
    bool led_in = false;  // code of the closing line stands before the first statement
    Variables current;
    for (const DebugInfo::LineRow& row : source_.rows) {
      if (row.address < first_ || row.address >= last_)
        continue;
      if (on_closing_line(row, touched)) {
        led_in = led_in || statements_.empty();
        continue;
      }
      Variables owners = source_.owners(row, touched);
      if (owners.empty() || owners == current)
        continue;
      if (!starts_step(row.address))
        return false;
      Statement statement;
      statement.begin = statements_.empty() && led_in ? first_ : row.address;
      statements_.push_back(std::move(statement));
      current = owners;
      statements_.back().builds = std::move(owners);
    }
    if (statements_.empty() || statements_.front().begin != first_)
      return false;
    for (std::size_t i = 0; i < statements_.size(); ++i) {
      Statement& one = statements_[i];
      one.end = i + 1 < statements_.size() ? statements_[i + 1].begin : last_;
      one.variables = source_.touched(one.begin, one.end);
      Variables built;
      std::set_intersection(one.builds.begin(), one.builds.end(), one.variables.begin(),
                            one.variables.end(), std::back_inserter(built));
      one.builds = std::move(built);
      if (one.builds.empty() || one.begin >= one.end)
        return false;
    }
    return true;
  }

  // Each object in one statement only; and whatever else is touched is known to be built elsewhere.
  bool all_are_built() const {
    Variables built;
    for (const Statement& statement : statements_)
      built.insert(built.end(), statement.builds.begin(), statement.builds.end());
    const std::size_t count = built.size();
    unify(built);
    if (built.size() != count)
      return false;
    for (const std::uint32_t variable : source_.touched(first_, last_)) {
      if (variable >= source_.variables.size())
        return false;
      const std::string& name = source_.variables[variable].name;
      const bool helper = name.rfind("_ZGV", 0) == 0 || name.rfind("_ZGR", 0) == 0 ||
                          name == "__dso_handle";  // guards, bound temporaries (Itanium C++ ABI)
      if (!std::binary_search(built.begin(), built.end(), variable) && !helper &&
          source_.variables[variable].declared.empty())
        return false;
    }
    return true;
  }

  bool stay_inside() const {
    for (const Step& step : steps_) {
      const bool statement = step.address >= first_ && step.address < last_;
      if (step.kind == Step::Kind::indirect_jump || (statement && step.kind == Step::Kind::leave))
        return false;
      if (!jumps(step) || step.address < first_)
        continue;
      if (statement ? !leads_on(step) : !stays_behind(step))
        return false;
    }
    return true;
  }

  // Within the statement, or to its end; the last one's end is the epilogue too.
  bool leads_on(const Step& step) const {
    const auto own = std::find_if(
        statements_.begin(), statements_.end(),
        [&](const Statement& one) { return step.address >= one.begin && step.address < one.end; });
    if (own == statements_.end() || !starts_step(step.target))
      return false;
    return (step.target >= own->begin && step.target <= own->end) ||
           (step.target == epilogue_ && own->end == last_);
  }

  bool stays_behind(const Step& step) const {
    const Address begin = step.address < pads_       ? epilogue_  // the jump over the landing pads
                          : step.address < epilogue_ ? pads_
                                                     : epilogue_;
    return step.target >= begin && step.target < end_;
  }

  // Nothing is handed from one statement to another: none reads a general register before it has
  // written it, and no two use one place in the stack frame (-O0 gives each temporary its own).
  bool carry_nothing() const {
    std::map<std::int64_t, const Statement*> users;
    for (const Statement& statement : statements_) {
      if (!stands_alone(statement))
        return false;
      for (const Step& step : steps_)
        if (step.frame_slot && step.address >= statement.begin && step.address < statement.end &&
            users.emplace(*step.frame_slot, &statement).first->second != &statement)
          return false;
    }
    return true;
  }

  // Which registers are surely written, along the code; where branches meet, on all ways. Loops
  // only add to what their first round has written.
  bool stands_alone(const Statement& statement) const {
    std::vector<std::pair<Address, std::uint16_t>> arriving;
    std::uint16_t written = 0;
    bool falls_through = true;
    for (const Step& step : steps_) {
      if (step.address < statement.begin || step.address >= statement.end)
        continue;
      for (const auto& [target, state] : arriving) {
        if (target != step.address)
          continue;
        written = falls_through ? static_cast<std::uint16_t>(written & state) : state;
        falls_through = true;
      }
      if ((step.reads & ~written) != 0 && step.kind != Step::Kind::call)
        return false;
      written |= step.writes;
      if (step.kind == Step::Kind::call)
        written |= bits_of_result;
      if (jumps(step))
        arriving.emplace_back(step.target, written);
      if (step.kind == Step::Kind::jump) {
        falls_through = false;
        written = 0;
      }
    }
    return true;
  }

  static constexpr std::uint16_t bits_of_result = 0b101;  // rax, rdx (psABI 3.2.3)
};

std::vector<Statement> split_unit(const Source& source) {
  const std::vector<Body>& bodies = source.initialiser.bodies;
  const Body &entry = bodies[0], &all = bodies[1];
  const auto caller = source.steps(entry);
  if (!caller || !source.touched(entry.first, entry.second).empty())
    return {};
  for (const Step& step : *caller)
    if (jumps(step) || step.kind == Step::Kind::indirect_jump ||
        (step.kind == Step::Kind::call && step.target != all.first))
      return {};
  auto steps = source.steps(all);
  if (!steps || steps->empty())
    return {};
  return UnitInitialiser(source, std::move(*steps), all.second).split();
}

}  // namespace

std::vector<Statement> split_statements(const ElfImage& image,
                                        const InitialiserTouches& initialiser,
                                        std::span<const Variable> variables,
                                        std::span<const DebugInfo::LineRow> rows) {
  const Source source{image, initialiser, variables, rows};
  if (initialiser.bodies.size() < 2)
    return {};
  std::vector<Statement> statements;
  if (initialiser.bodies.size() == 2)
    statements = split_unit(source);
  return statements.empty() ? split_calls(source) : statements;
}

}  // namespace hrwatch::analysis

#include "ordinary_edits.h"

#include <cctype>
#include <sstream>

namespace hrwatch::tests {

namespace {

constexpr const char* mark = "  // added ";

bool starts_with(const std::string& line, const char* text) {
  return line.rfind(text, 0) == 0;
}

// A statement of its own in a function: behind it another may stand.
bool is_statement(const std::string& line) {
  if (!starts_with(line, "  ") || line.empty() || line.back() != ';')
    return false;
  const std::size_t begin = line.find_first_not_of(' ');
  for (const char* word : {"return", "throw", "break", "continue", "case", "using", "}"})
    if (line.compare(begin, std::string(word).size(), word) == 0)
      return false;
  return true;
}

// A line at which a function begins: "int f(...) {", unindented.
bool opens_function(const std::string& line) {
  return !line.empty() && std::isalpha(static_cast<unsigned char>(line[0])) != 0 &&
         line.back() == '{' && line.find('(') != std::string::npos &&
         line.find("namespace") == std::string::npos && line.find("struct") == std::string::npos;
}

// The lines inside functions, by number.
std::vector<std::size_t> body_lines(const std::vector<std::string>& lines) {
  std::vector<std::size_t> inside;
  bool open = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (open && lines[i] == "}")
      open = false;
    if (open)
      inside.push_back(i);
    open = open || opens_function(lines[i]);
  }
  return inside;
}

// A statement and the next line stands at the same depth or closes the block: nothing is between.
bool stands_alone(const std::vector<std::string>& lines, std::size_t line) {
  if (!is_statement(lines[line]) || line + 1 >= lines.size() || line == 0)
    return false;
  const std::size_t depth = lines[line].find_first_not_of(' ');
  const std::string& before = lines[line - 1];
  const bool ended = before.empty() || before.back() == ';' || before.back() == '{' ||
                     before.back() == '}' || before.find(mark) != std::string::npos;
  const std::size_t next = lines[line + 1].find_first_not_of(' ');
  return ended && next != std::string::npos && next <= depth &&
         lines[line + 1].compare(next, 4, "else") != 0 &&
         (before.back() == '{' || before.find_first_not_of(' ') >= depth || before.back() == ';');
}

}  // namespace

std::optional<std::size_t> OrdinaryEdits::pick(const std::vector<std::size_t>& places) {
  if (places.empty())
    return std::nullopt;
  return places[random_() % places.size()];
}

// Another digit in a number of a body: "0.5F" -> "0.7F". Sizes and indices stay.
bool OrdinaryEdits::change_number(Lines& lines) {
  std::vector<std::size_t> places;
  for (const std::size_t i : body_lines(lines)) {
    const std::size_t point = lines[i].find('.');
    if (lines[i].find('[') == std::string::npos && point != std::string::npos && point > 0 &&
        point + 1 < lines[i].size() &&
        std::isdigit(static_cast<unsigned char>(lines[i][point - 1])) != 0 &&
        std::isdigit(static_cast<unsigned char>(lines[i][point + 1])) != 0)
      places.push_back(i);
  }
  const auto line = pick(places);
  if (!line)
    return false;
  char& digit = lines[*line][lines[*line].find('.') + 1];
  digit = static_cast<char>('1' + (digit - '0' + 1) % 9);
  return true;
}

bool OrdinaryEdits::remove_added(Lines& lines) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (lines[i].find(mark) != std::string::npos && lines[i].find("function") == std::string::npos)
      places.push_back(i);
  const auto line = pick(places);
  if (line)
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(*line));
  return line.has_value();
}

// A new function before another, called from that one's first line.
bool OrdinaryEdits::add_function(Lines& lines) {
  std::vector<std::size_t> places;
  for (std::size_t i = 1; i < lines.size(); ++i)
    if (opens_function(lines[i]) && lines[i - 1].empty() &&
        lines[i].find("template") == std::string::npos)
      places.push_back(i);
  const auto line = pick(places);
  if (!line)
    return false;
  const std::string name = "added_" + std::to_string(number_);
  const auto at = lines.begin() + static_cast<std::ptrdiff_t>(*line);
  const auto call = lines.insert(at + 1, "  static_cast<void>(" + name + "(3));" + mark + "call");
  lines.insert(call - 1, "[[maybe_unused]] static int " + name + "(int x) { return x + " +
                             std::to_string(number_) + "; }" + mark + "function");
  return true;
}

void OrdinaryEdits::add_statement(Lines& lines, std::string& kind) {
  std::vector<std::size_t> places;
  for (const std::size_t i : body_lines(lines))
    if (stands_alone(lines, i))
      places.push_back(i);
  const auto line = pick(places);
  if (!line)
    return;
  const std::string n = std::to_string(number_);
  std::string statement;
  switch (random_() % 6) {
    case 0:
      kind = "local variable";
      statement = "[[maybe_unused]] const int kept_" + n + " = " + n + ";";
      break;
    case 1:
      kind = "static in a function";
      statement = "static int calls_" + n + " = " + n + "; ++calls_" + n + ";";
      break;
    case 2:
      kind = "lambda";
      statement =
          "[[maybe_unused]] const int made_" + n + " = [](int x) { return x * " + n + "; }(2);";
      break;
    case 3:
      kind = "local struct";
      statement = "struct Local_" + n + " { int a, b; } local_" + n + "{1, " + n +
                  "}; static_cast<void>(local_" + n + ");";
      break;
    case 4:
      kind = "loop";
      statement =
          "for (volatile int i_" + n + " = 0; i_" + n + " < 2; i_" + n + " = i_" + n + " + 1) {}";
      break;
    default:
      kind = "text";
      statement = "static_cast<void>(\"note " + n + "\");";
      break;
  }
  const std::size_t depth = lines[*line].find_first_not_of(' ');
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(*line) + 1,
               std::string(depth, ' ') + statement + mark + n);
}

std::string OrdinaryEdits::apply(const std::string& source, std::string& kind) {
  ++number_;
  Lines lines;
  std::istringstream stream(source);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  const auto choice = random_() % 10;
  bool done = false;
  if (choice < 3 && (done = change_number(lines)))
    kind = "number";
  else if (choice < 5 && (done = remove_added(lines)))
    kind = "removed";
  else if (choice < 6 && (done = add_function(lines)))
    kind = "function";
  if (!done)
    add_statement(lines, kind);
  std::string result;
  for (const std::string& line : lines)
    result += line + '\n';
  return result;
}

}  // namespace hrwatch::tests

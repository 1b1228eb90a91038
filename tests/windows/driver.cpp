// clang.exe, clang++.exe, llvm-ar.exe and llvm-ranlib.exe for CMake, by the name it is started
// under: a real Windows-hosted clang and lld-link (the ones inside zig.exe), told where mingw's
// headers and libraries lie. Options of a link are translated as the GNU-like front end of lld
// does; what it would refuse is refused. HR_CLANG, HR_CLANG_HEADERS, HR_HEADERS, HR_LIBRARIES,
// HR_GCC: paths.
//
// HR_TEST_LINKER=microsoft: before it links, it opens the .pdb as Microsoft's linker does, and
// fails as that does: lld renames a held .pdb by itself, link.exe does not.
#include <windows.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Words = std::vector<std::string>;

std::string quoted(const std::string& word) {
  if (word.find_first_of(" \t\"") == std::string::npos && !word.empty())
    return word;
  std::string text = "\"";
  for (const char letter : word)
    text += letter == '"' ? std::string("\\\"") : std::string(1, letter);
  return text + "\"";
}

int run(const Words& words) {
  std::string line;
  for (const std::string& word : words)
    line += (line.empty() ? "" : " ") + quoted(word);
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process = {};
  if (CreateProcessA(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup,
                     &process) == 0) {
    std::fprintf(stderr, "driver: cannot start %s\n", words.front().c_str());
    return 127;
  }
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD status = 1;
  GetExitCodeProcess(process.hProcess, &status);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return static_cast<int>(status);
}

Words compile_command(const Words& arguments, bool cxx) {
  Words command = {HR_CLANG, "clang", "--target=x86_64-w64-mingw32", "-nostdinc"};
  if (cxx) {
    command.push_back("-nostdinc++");
    for (const char* folder : {HR_GCC "/include/c++", HR_GCC "/include/c++/x86_64-w64-mingw32",
                               HR_GCC "/include/c++/backward"})
      command.insert(command.end(), {"-isystem", folder});
  }
  for (const char* folder : {HR_CLANG_HEADERS, HR_HEADERS})
    command.insert(command.end(), {"-isystem", folder});
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

// The words of a response file; quotes keep blanks.
Words words_of_file(const std::string& path) {
  Words words;
  std::ifstream file(path);
  if (!file)
    throw std::runtime_error("cannot open the response file " + path);
  std::string word;
  bool quoted = false;
  bool begun = false;
  for (char letter = 0; file.get(letter);) {
    const bool blank = letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
    if (letter == '"') {
      quoted = !quoted;
      begun = true;
    } else if (!blank || quoted) {
      word += letter;
      begun = true;
    } else if (begun) {
      words.push_back(word);
      word.clear();
      begun = false;
    }
  }
  if (begun)
    words.push_back(word);
  return words;
}

std::string library_file(const std::string& name) {
  for (const char* folder : {HR_GCC, HR_LIBRARIES}) {
    const std::string path = std::string(folder) + "/lib" + name + ".a";
    if (GetFileAttributesA(path.c_str()) != INVALID_FILE_ATTRIBUTES)
      return path;
  }
  return {};
}

struct Link {
  Words inputs;
  Words options;
  std::string output = "a.exe";
  bool library = false;
  bool pdb = false;
};

std::string pdb_beside(const Link& link) {
  return link.output.substr(0, link.output.rfind('.')) + ".pdb";
}

// The words of -Wl,a,b,c (and of response files in them), as lld's front end for mingw reads them.
void add_linker_words(Link& link, const Words& words) {
  static const std::map<std::string, std::string> translations = {
      {"--no-gc-sections", "-opt:noref"},
      {"--gc-sections", "-opt:ref"},
      {"--icf=none", "-opt:noicf"},
      {"--icf=all", "-opt:icf"},
      {"--export-all-symbols", "-export-all-symbols"}};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.rfind("--pdb=", 0) == 0) {
      link.pdb = true;
      const std::string name = word.substr(6);
      link.options.push_back("-pdb:" + (name.empty() ? pdb_beside(link) : name));
    } else if (word.front() == '@') {
      add_linker_words(link, words_of_file(word.substr(1)));
    } else if (word == "--out-implib" && i + 1 < words.size()) {
      link.options.push_back("-implib:" + words[++i]);
    } else if (word == "--major-image-version" || word == "--minor-image-version") {
      ++i;
    } else if (const auto found = translations.find(word); found != translations.end()) {
      link.options.push_back(found->second);
    } else if (word != "-v" && word != "-Bstatic" && word != "-Bdynamic") {
      throw std::runtime_error("lld: unknown argument: " + word);
    }
  }
}

Words words_between_commas(const std::string& text) {
  Words words;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    if (comma > at)
      words.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return words;
}

void read_link_word(Link& link, Words& for_linker, const std::string& word) {
  if (word == "-shared") {
    link.library = true;
  } else if (word.rfind("-Wl,", 0) == 0) {
    for (std::string& part : words_between_commas(word.substr(4)))
      for_linker.push_back(std::move(part));
  } else if (word.rfind("-fuse-ld=", 0) == 0) {
    if (word != "-fuse-ld=lld")
      throw std::runtime_error("invalid linker name in argument '" + word + "'");
  } else if (word.rfind("-l", 0) == 0) {
    const std::string path = library_file(word.substr(2));
    if (path.empty())
      throw std::runtime_error("lld: unable to find library " + word);
    link.inputs.push_back(path);
  } else if (word.front() != '-') {
    link.inputs.push_back(word);
  }
}

Link read_link(const Words& arguments) {
  Link link;
  Words for_linker;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word.empty())
      continue;
    if (word == "-o" && i + 1 < arguments.size()) {
      link.output = arguments[++i];
    } else if (word.front() == '@') {
      for (const std::string& inner : words_of_file(word.substr(1)))
        read_link_word(link, for_linker, inner);
    } else {
      read_link_word(link, for_linker, word);
    }
  }
  add_linker_words(link, for_linker);
  return link;
}

Words link_command(const Link& link) {
  Words command = {HR_CLANG,
                   "lld-link",
                   "-lldmingw",
                   link.pdb ? "-debug" : "-debug:dwarf",
                   "-WX:no",
                   "-opt:noref",
                   "-opt:noicf",
                   "-auto-import",
                   "-runtime-pseudo-reloc",
                   "-force:multiple",  // g++ 12: type_info::operator==, GCC bug 110572
                   "-machine:x64",
                   "-alternatename:__image_base__=__ImageBase",
                   "-out:" + link.output};
  const std::string mingw = HR_LIBRARIES;
  const std::string gcc = HR_GCC;
  if (link.library)
    command.insert(command.end(), {"-dll", "-entry:DllMainCRTStartup", mingw + "/dllcrt2.o"});
  else
    command.insert(command.end(),
                   {"-entry:mainCRTStartup", "-subsystem:console", mingw + "/crt2.o"});
  command.push_back(gcc + "/crtbegin.o");
  command.insert(command.end(), link.inputs.begin(), link.inputs.end());
  for (const char* name : {"stdc++", "mingw32", "gcc", "gcc_eh", "moldname", "mingwex", "msvcrt",
                           "pthread", "advapi32", "shell32", "user32", "kernel32"})
    command.push_back(library_file(name));
  command.push_back(gcc + "/crtend.o");
  command.insert(command.end(), link.options.begin(), link.options.end());
  return command;
}

// The last -pdb: of the command wins; "" when none is written.
std::string pdb_of(const Link& link) {
  std::string pdb;
  for (const std::string& option : link.options) {
    if (option.rfind("-pdb:", 0) == 0)
      pdb = option.substr(5);
  }
  return pdb;
}

bool microsoft_can_write(const std::string& pdb) {
  const HANDLE file = CreateFileA(pdb.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                  OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file != INVALID_HANDLE_VALUE) {
    CloseHandle(file);
    return true;
  }
  std::printf("LINK : fatal error LNK1201: error writing to program database '%s'; error %lu\n",
              pdb.c_str(), GetLastError());
  return false;
}

bool only_compiles(const Words& arguments) {
  bool inputs = false;
  for (const std::string& word : arguments) {
    for (const char* sign : {"-c", "-E", "-S", "--version", "-dumpversion", "-dumpmachine",
                             "-print-prog-name=lld-link", "-M", "-fsyntax-only"}) {
      if (word == sign)
        return true;
    }
    inputs = inputs || word.empty() || word.front() != '-';
  }
  return !inputs;  // -v alone, say
}

bool is_source(const std::string& word) {
  const std::size_t dot = word.rfind('.');
  const std::string ending = dot == std::string::npos ? "" : word.substr(dot);
  return ending == ".c" || ending == ".cpp" || ending == ".cxx" || ending == ".cc";
}

int link_all(const Words& arguments, bool cxx) {
  // CMake's first try compiles and links in one.
  Link link = read_link(arguments);
  for (std::string& input : link.inputs) {
    if (!is_source(input))
      continue;
    const std::string object = link.output + ".o";
    if (const int status = run(compile_command({"-c", input, "-o", object}, cxx)); status != 0)
      return status;
    input = object;
  }
  const char* linker = std::getenv("HR_TEST_LINKER");
  if (linker != nullptr && std::string(linker) == "microsoft" && link.pdb &&
      !microsoft_can_write(pdb_of(link)))
    return 1201;
  return run(link_command(link));
}

std::string name_of(const std::string& program) {
  const std::string name = program.substr(program.find_last_of("/\\") + 1);
  return name.substr(0, name.rfind(".exe"));
}

}  // namespace

int main(int count, char** words) {
  const std::string name = name_of(words[0]);
  Words arguments(words + 1, words + count);
  if (name == "llvm-ar" || name == "llvm-ranlib") {
    arguments.insert(arguments.begin(), {HR_CLANG, name.substr(5)});
    return run(arguments);
  }
  const bool cxx = name == "clang++";
  try {
    return only_compiles(arguments) ? run(compile_command(arguments, cxx))
                                    : link_all(arguments, cxx);
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "driver: error: %s\n", error.what());
    return 1;
  }
}

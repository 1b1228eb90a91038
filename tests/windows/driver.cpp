// clang++.exe for CMake: a real Windows-hosted clang and lld-link (the ones inside zig.exe), told
// where mingw's headers and libraries lie. HR_CLANG, HR_CLANG_HEADERS, HR_HEADERS, HR_LIBRARIES,
// HR_GCC: paths.
//
// HR_TEST_LINKER=microsoft: before it links, it opens the .pdb as Microsoft's linker does, and
// fails as that does: lld renames a held .pdb by itself, link.exe does not.
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
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

Words compile_command(const Words& arguments) {
  Words command = {HR_CLANG,    "clang",       "--target=x86_64-w64-mingw32",
                   "-nostdinc", "-nostdinc++", "-Xclang",
                   "-gcodeview"};
  for (const char* folder : {HR_GCC "/include/c++", HR_GCC "/include/c++/x86_64-w64-mingw32",
                             HR_GCC "/include/c++/backward", HR_CLANG_HEADERS, HR_HEADERS})
    command.insert(command.end(), {"-isystem", folder});
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

std::string library_file(const std::string& name) {
  for (const char* folder : {HR_GCC, HR_LIBRARIES}) {
    const std::string path = std::string(folder) + "/lib" + name + ".a";
    if (GetFileAttributesA(path.c_str()) != INVALID_FILE_ATTRIBUTES)
      return path;
  }
  return {};
}

// One word of -Wl,a,b,c: what lld-link understands of GNU's spelling.
void add_linker_word(Words& command, const std::string& word) {
  const auto value = word.substr(word.find('=') + 1);
  if (word.rfind("--pdb=", 0) == 0 && !value.empty())
    command.push_back("-pdb:" + value);
  else if (word.rfind("-pdb:", 0) == 0 || word.front() == '@')
    command.push_back(word);
}

struct Link {
  Words inputs;
  Words options;
  std::string output = "a.exe";
  bool library = false;
};

Link read_link(const Words& arguments) {
  Link link;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "-o" && i + 1 < arguments.size()) {
      link.output = arguments[++i];
    } else if (word == "-shared") {
      link.library = true;
    } else if (word.rfind("-Wl,--out-implib,", 0) == 0) {
      link.options.push_back("-implib:" + word.substr(17));
    } else if (word.rfind("-Wl,", 0) == 0) {
      for (std::size_t at = 4; at < word.size();) {
        const std::size_t comma = std::min(word.find(',', at), word.size());
        add_linker_word(link.options, word.substr(at, comma - at));
        at = comma + 1;
      }
    } else if (word.rfind("-l", 0) == 0) {
      if (const std::string path = library_file(word.substr(2)); !path.empty())
        link.inputs.push_back(path);
    } else if (word.front() != '-') {
      link.inputs.push_back(word);
    }
  }
  return link;
}

Words link_command(const Link& link) {
  const std::string stem = link.output.substr(0, link.output.rfind('.'));
  Words command = {HR_CLANG,
                   "lld-link",
                   "-lldmingw",
                   "-debug",
                   "-WX:no",
                   "-opt:noref",
                   "-opt:noicf",
                   "-auto-import",
                   "-runtime-pseudo-reloc",
                   "-machine:x64",
                   "-alternatename:__image_base__=__ImageBase",
                   "-out:" + link.output,
                   "-pdb:" + stem + ".pdb"};
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

// The last -pdb: of the command, response files read.
std::string pdb_of(const Words& command) {
  std::string pdb;
  for (const std::string& word : command) {
    std::string text = word;
    if (word.front() == '@') {
      std::ifstream file(word.substr(1));
      std::getline(file, text);
    }
    if (text.rfind("-pdb:", 0) == 0)
      pdb = text.substr(5);
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
  for (const std::string& word : arguments) {
    for (const char* sign : {"-c", "-E", "-S", "--version", "-v", "-dumpversion", "-dumpmachine",
                             "-print-prog-name=lld-link", "-M", "-fsyntax-only"}) {
      if (word == sign)
        return true;
    }
  }
  return arguments.empty();
}

bool is_source(const std::string& word) {
  const std::size_t dot = word.rfind('.');
  const std::string ending = dot == std::string::npos ? "" : word.substr(dot);
  return ending == ".c" || ending == ".cpp" || ending == ".cxx" || ending == ".cc";
}

}  // namespace

int main(int count, char** words) {
  Words arguments(words + 1, words + count);
  if (only_compiles(arguments))
    return run(compile_command(arguments));
  // CMake's first try compiles and links in one.
  Link link = read_link(arguments);
  for (std::string& input : link.inputs) {
    if (!is_source(input))
      continue;
    const std::string object = link.output + ".o";
    if (const int status = run(compile_command({"-c", input, "-o", object})); status != 0)
      return status;
    input = object;
  }
  const Words command = link_command(link);
  const char* linker = std::getenv("HR_TEST_LINKER");
  if (linker != nullptr && std::string(linker) == "microsoft" &&
      !microsoft_can_write(pdb_of(command)))
    return 1201;
  return run(command);
}

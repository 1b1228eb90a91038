#include <cxxabi.h>
#include <unistd.h>

#include <exception>

#include "src/initialiser_call.h"

namespace hr::runtime {
namespace {

// glibc gives initialisers main()'s arguments; a library's own constructor is where to get them.
int program_argc = 0;
char** program_argv = nullptr;

__attribute__((constructor)) void remember_arguments(int argc, char** argv, char**) {
  program_argc = argc;
  program_argv = argv;
}

}  // namespace

bool call_initialiser(Pointer function, std::string* thrown) {
  using Initialiser = void (*)(int, char**, char**);
  try {
    reinterpret_cast<Initialiser>(function)(program_argc, program_argv, environ);
    return true;
  } catch (const abi::__forced_unwind&) {
    throw;
  } catch (const std::exception& exception) {
    if (thrown != nullptr)
      *thrown = exception.what();
    return false;
  } catch (...) {
    return false;
  }
}

}  // namespace hr::runtime

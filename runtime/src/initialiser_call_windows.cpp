#include <exception>

#include "src/initialiser_call.h"

namespace hr::runtime {

// As a CRT calls what its table of constructors lists.
bool call_initialiser(Pointer function, std::string* thrown) {
  using Initialiser = void (*)();
  try {
    reinterpret_cast<Initialiser>(function)();
    return true;
  } catch (const std::exception& exception) {
    if (thrown != nullptr)
      *thrown = exception.what();
    return false;
  } catch (...) {
    return false;
  }
}

}  // namespace hr::runtime

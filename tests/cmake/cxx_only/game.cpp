#include <string>

std::string greeting();

std::string greeting() {
  return "hello";
}

// Must not compile: the message says what to write.
#include <string>

#include "hr/hr.hpp"

class Player {
 public:
  Player() : name_("nobody") {}

 private:
  std::string name_;
};

Player& player() {
  return hr::state<Player>("player");
}

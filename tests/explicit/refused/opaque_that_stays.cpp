// says: objects of this class are moved as a whole, and they can.t be moved. Give the class a move
// constructor
#include <hr/hr.hpp>

struct Window {
  Window() = default;
  Window(Window&&) = delete;
  int handle = 0;
};

template <>
struct hr::is_opaque<Window> : std::true_type {};

int use() {
  return hr::state<Window>("window").handle;
}

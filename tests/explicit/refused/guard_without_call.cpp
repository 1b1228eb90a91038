// says: hr::guard\(\) takes what runs a frame, called without arguments
#include <hr/hr.hpp>

bool use() {
  return hr::guard([](int frame) { (void)frame; });
}

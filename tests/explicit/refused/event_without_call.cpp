// says: hr::on_event\(\) takes what can be called with an event
#include <hr/hr.hpp>

void use() {
  const auto listener = hr::on_event([](int event) { (void)event; });
}

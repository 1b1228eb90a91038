#include <iostream>
#include <string>
std::string one();
std::string two();
std::string three();
std::string four();

int main() {
  std::cout << one() << two() << three() << four() << '\n';
}

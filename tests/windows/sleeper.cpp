// Runs until it is killed.
#include <windows.h>

int main() {
  Sleep(INFINITE);
}

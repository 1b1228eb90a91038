#include <stdio.h>
const char* client_name(void);
const char* server_name(void);

int main(void) {
  printf("%s and %s\n", client_name(), server_name());
  return 0;
}

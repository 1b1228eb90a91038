int host_value(void);

__attribute__((visibility("default"))) int entry(void) {
  return host_value() + 1;
}

// One more thread_local: the TLS block of live threads has no room for it.
static thread_local int first = 30;
#if VERSION == 2
static thread_local long added = 5;
#endif
static thread_local int second = 4;

extern "C" int probe() {
#if VERSION == 2
  ++added;
#endif
  return first + second + 1000 * (VERSION == 3);
}

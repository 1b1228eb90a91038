// A bit-field moves; size and member names stay.
struct Flags {
#if VERSION == 2
  unsigned second : 4, first : 4;
#else
  unsigned first : 4, second : 4;
#endif
};

static Flags* flags = new Flags{};

extern "C" int probe() {
  flags->first = 4;
  flags->second = 3;
  return static_cast<int>(flags->first + flags->second * 10) + 1000 * (VERSION == 3);
}

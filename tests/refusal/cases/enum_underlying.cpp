// An enumeration of another width inside a class.
#if VERSION == 2
enum class Kind : unsigned short { first, second };
#else
enum class Kind : unsigned char { first, second };
#endif

struct Item {
  Kind kind = Kind::second;
  unsigned char weight = 33;
};

static Item* item = new Item;

extern "C" int probe() {
  return static_cast<int>(item->kind) + item->weight + 1000 * (VERSION == 3);
}

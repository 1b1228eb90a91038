// A class with a live object gets one more member.
struct Enemy {
  int position = 3;
#if VERSION == 2
  int health = 100;
#endif
  int speed = 4;
};

static Enemy* enemy = new Enemy;

extern "C" int probe() {
  return enemy->position * 10 + enemy->speed + 1000 * (VERSION == 3);
}

// What the fixtures have in common: classes that one unit defines and another only uses.
#pragma once

#include <map>
#include <string>
#include <vector>

struct Actor {
  virtual ~Actor();
  virtual void tick(float seconds);  // defined in second.cpp: there its virtual table is
  int hp = 100;
};

struct Enemy : Actor {
  void tick(float seconds) override;
  std::vector<int> path;
  unsigned char mood : 3, age : 4;
  union {
    int whole;
    float part;
  };
};

struct Squad {
  Enemy leader;
  Enemy* target;
  int count[4];
};

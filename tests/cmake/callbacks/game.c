int host_value(void);
int host_counter;
extern int host_level;
int game_level = 3;

int play(void) {
  return host_value() + host_counter + host_level + game_level;
}

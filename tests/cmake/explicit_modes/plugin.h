#ifdef __cplusplus
extern "C" {
#endif

struct plugin_api {
  const char* (*name)(void);
  int answer;
};

int plugin_step(int by);
extern const struct plugin_api plugin_api;
const char* other_name(void);
const char* program_name(void); /* of the program, called by the plugin */

#ifdef __cplusplus
}
#endif

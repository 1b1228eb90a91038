#define NAME_(side) side##_name
#define NAME(side) NAME_(side)
#define TEXT_(side) #side
#define TEXT(side) TEXT_(side)
const char* NAME(SIDE)(void);

const char* NAME(SIDE)(void) {
  return TEXT(SIDE);
}

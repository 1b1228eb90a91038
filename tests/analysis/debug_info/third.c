struct Private {
  short mine;
};
typedef struct {
  int width;
} Size;

struct Private of_third;
Size size_of_third = {3};

int third(struct Private* p) {
  static int calls;
  return p->mine + ++calls;
}

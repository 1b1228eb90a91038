// Two functions with equal code, for a linker that folds them.
int first_value = 1;
int folded_one(int x) { return x * 3 + 1; }
int folded_two(int x) { return x * 3 + 1; }
int call_both(int x) { return folded_one(x) + folded_two(x) + first_value; }

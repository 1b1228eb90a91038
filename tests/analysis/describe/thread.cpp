static thread_local int mine = 3;
thread_local int ours = 4;
int* address_of_mine() { return &mine; }
int* address_of_ours() { return &ours; }

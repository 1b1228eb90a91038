/* What the plugin exports and the program binds by name: one type for both. */
#ifndef @GUARD@_H
#define @GUARD@_H

typedef void @MODULE@_step_function(int* count);

@MODULE@_step_function @MODULE@_step;

#endif

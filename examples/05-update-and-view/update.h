#pragma once

struct State;

void update(State& state);

#pragma once

struct State;

void view(const State& state);

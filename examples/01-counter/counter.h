#pragma once

void step();

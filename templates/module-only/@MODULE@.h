#pragma once

void @MODULE@_step();

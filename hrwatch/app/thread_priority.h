// How much of the processors a thread asks for. Knows no work in particular.
#pragma once

namespace hrwatch::app {

// From now on the calling thread gets about a third of what another one gets where there are more
// threads than processors. It can't be taken back.
void let_others_go_first();

}  // namespace hrwatch::app

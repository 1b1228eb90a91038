// Which variables and functions of a Windows library have to do with which classes: TypeUses from
// CodeView. Read with the description, since the object files are another build's by the time that
// somebody asks.
#pragma once

#include "analysis/linked_image.h"
#include "analysis/type_uses.h"

namespace hrwatch::analysis {

// Cost: linear in type records and symbols.
TypeUses coff_type_uses(const LinkedImage& image);

}  // namespace hrwatch::analysis

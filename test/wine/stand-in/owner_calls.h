// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "import_table.h"

namespace stand_in {

// The functions that the addon calls to find the owners of ports. Wine's own functions answer, unless the model wants a
// failure; only the owners of TCP rows are those that the model knows. Wine looks for them among the descriptors that
// processes have open, does not find those of sockets that listen, which its server keeps, and takes a second for it.
std::vector<Replacement> OwnerCalls();

}  // namespace stand_in

// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "import_table.h"

namespace stand_in {

// What the addon calls to find out who has a port. Wine's own functions answer, unless the model wants a failure; only
// the owners of TCP rows are those that the model knows. Wine looks for them among the descriptors that processes have
// open, does not find those of sockets that listen, which its server keeps, and takes a second for it.
std::vector<Replacement> OwnerCalls();

}  // namespace stand_in

// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "import_table.h"

namespace stand_in {

// What the addon calls to find out who has a port. Wine's own functions answer, except where the model wants a failure,
// and except for the owners of TCP sockets that listen: Wine finds them by the descriptors that a process has open, and
// keeps those of such sockets in its server.
std::vector<Replacement> OwnerCalls();

}  // namespace stand_in

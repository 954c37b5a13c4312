// SPDX-License-Identifier: MIT
#pragma once

#include <winsock2.h>

#include <vector>

#include "import_table.h"

namespace stand_in {

// Wine numbers sockets from 4 on. A test can have the addon see numbers above 2^31, which a number with a sign, or one
// that was cut to 31 bits, would no longer name.
void EnlargeSockets(bool enlarge);

// Returns Wine's own number of a socket.
SOCKET RealSocket(SOCKET socket);

// The functions that only the addon calls instead, and that no other replacement is for.
std::vector<Replacement> LargeSocketCalls();

}  // namespace stand_in

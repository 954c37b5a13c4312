// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace stand_in {

// How many handles this process has open, sockets included.
std::size_t HandleCount();

// How many threads this process has. Wine keeps a handle for each.
std::size_t ThreadCount();

}  // namespace stand_in

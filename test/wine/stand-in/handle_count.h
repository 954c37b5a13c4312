// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace stand_in {

// How many handles this process has open, sockets included.
std::size_t HandleCount();

}  // namespace stand_in

// SPDX-License-Identifier: MIT
#pragma once

#include <winsock2.h>

#include <vector>

#include "import_table.h"

namespace stand_in {

// What node.exe and the addon call instead of the system's functions.
std::vector<Replacement> RoutedCalls();

// What only the addon calls instead: the answer to whether the process is elevated.
std::vector<Replacement> ElevationCalls();

}  // namespace stand_in

// SPDX-License-Identifier: MIT
#pragma once

#include <winsock2.h>

#include <vector>

#include "import_table.h"

namespace stand_in {

// The functions that node.exe and the addon call instead of the system's.
std::vector<Replacement> RoutedCalls();

// The function by which node.exe starts processes.
std::vector<Replacement> ProcessCalls();

// The function that only the addon calls instead: it tells whether the process is elevated.
std::vector<Replacement> ElevationCalls();

}  // namespace stand_in

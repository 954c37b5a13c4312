// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_ELEVATION_H_
#define WIN_PORT_RESERVATION_ELEVATION_H_

#include <cstdint>
#include <string>

#include "outcome.h"

namespace win_port_reservation {

// Returns whether the token of this process is elevated.
Outcome<bool> IsElevated();

// Calls ShellExecuteExW with the verb `runas`: Windows asks the user for elevation, and the call blocks until the user
// has answered. Returns the id of the process. A console program gets a window of its own.
Outcome<uint32_t> RunElevated(const std::wstring& file, const std::wstring& parameters, const std::wstring& folder);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_ELEVATION_H_

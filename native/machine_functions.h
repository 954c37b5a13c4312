// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_MACHINE_FUNCTIONS_H_
#define WIN_PORT_RESERVATION_MACHINE_FUNCTIONS_H_

#include "node_addon_api.h"

namespace win_port_reservation {

// Adds the functions of src/windows/native-machine.ts: services, processes, the registry, elevation.
void SetMachineFunctions(Napi::Object exports);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_MACHINE_FUNCTIONS_H_

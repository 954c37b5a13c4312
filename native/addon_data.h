// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_ADDON_DATA_H_
#define WIN_PORT_RESERVATION_ADDON_DATA_H_

#include "node_addon_api.h"
#include "system.h"

namespace win_port_reservation {

// What the addon keeps for one environment: the main thread and every worker thread have their own.
struct AddonData {
  WinsockSession winsock;
  Napi::FunctionReference socket_constructor;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_ADDON_DATA_H_

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_ADDON_DATA_H_
#define WIN_PORT_RESERVATION_ADDON_DATA_H_

#include <memory>

#include "node_addon_api.h"
#include "system.h"
#include "thread_pool.h"

namespace win_port_reservation {

// The state of the addon in one environment. The main thread and every worker thread have an environment of their own.
struct AddonData {
  WinsockSession winsock;
  Napi::FunctionReference socket_constructor;
  std::unique_ptr<ThreadPool> thread_pool;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_ADDON_DATA_H_

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_UNIQUE_HANDLE_H_
#define WIN_PORT_RESERVATION_UNIQUE_HANDLE_H_

#include <memory>
#include <type_traits>

#include "windows_headers.h"

// Needs the types of windows.h.
#include <winsvc.h>

namespace win_port_reservation {

struct CloseKernelHandle {
  void operator()(HANDLE handle) const { CloseHandle(handle); }
};
struct CloseServiceManagerHandle {
  void operator()(SC_HANDLE handle) const { CloseServiceHandle(handle); }
};

// Owner of a process, a token or a snapshot. A snapshot that failed is INVALID_HANDLE_VALUE, which it must not get.
using UniqueHandle = std::unique_ptr<std::remove_pointer_t<HANDLE>, CloseKernelHandle>;

// Owner of a service, or of a connection to the Service Control Manager.
using UniqueServiceHandle = std::unique_ptr<std::remove_pointer_t<SC_HANDLE>, CloseServiceManagerHandle>;

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_UNIQUE_HANDLE_H_

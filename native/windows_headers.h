// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_WINDOWS_HEADERS_H_
#define WIN_PORT_RESERVATION_WINDOWS_HEADERS_H_

// The order matters: winsock2.h must come before windows.h, which would otherwise bring in the older winsock.h, and
// mstcpip.h and iphlpapi.h need the types of both.
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
// clang-format off
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mstcpip.h>
#include <windows.h>
#include <iphlpapi.h>
// clang-format on

#endif  // WIN_PORT_RESERVATION_WINDOWS_HEADERS_H_

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_SOCKET_CALLS_H_
#define WIN_PORT_RESERVATION_SOCKET_CALLS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "outcome.h"
#include "port_range.h"
#include "unique_socket.h"

namespace win_port_reservation {

// The Winsock calls on a socket that reserves ports or is bound inside a reservation. All of them block; Microsoft says
// of the three ioctls that they may block indefinitely, even on a non-blocking socket.

struct PortReservation {
  PortRange range;
  uint64_t token;
};

struct BindRequest {
  std::string address;
  uint16_t port_network_order;
  bool ipv6_only;
};

struct SocketAddress {
  std::string address;
  uint16_t port_network_order;
};

struct SocketRequest {
  int protocol;
  int family;
  std::optional<PortRange> acquire;
  std::optional<uint64_t> associate;
  std::optional<BindRequest> bind;
};

struct OpenedSocket {
  UniqueSocket socket;
  std::optional<PortReservation> reservation;
  std::optional<SocketAddress> address;
};

// Opens a socket that libuv can adopt (overlapped, not inherited) and takes the steps of the request on it.
Outcome<OpenedSocket> OpenSocket(const SocketRequest& request);

Outcome<PortReservation> AcquirePortReservation(SOCKET socket, PortRange range);
Outcome<Done> AssociatePortReservation(SOCKET socket, uint64_t token);
Outcome<Done> ReleasePortReservation(SOCKET socket, uint64_t token);

// Calls bind, then getsockname.
Outcome<SocketAddress> BindSocket(SOCKET socket, int family, const BindRequest& request);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_SOCKET_CALLS_H_

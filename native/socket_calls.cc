// SPDX-License-Identifier: MIT
#include "socket_calls.h"

#include "windows_headers.h"

namespace win_port_reservation {
namespace {

CallFailure LastFailure(const char* call) { return CallFailure{call, static_cast<uint32_t>(WSAGetLastError())}; }

Outcome<Done> TokenIoctl(SOCKET socket, DWORD code, const char* call, uint64_t token) {
  INET_PORT_RESERVATION_TOKEN input = {};
  input.Token = token;
  DWORD written = 0;
  if (WSAIoctl(socket, code, &input, sizeof input, nullptr, 0, &written, nullptr, nullptr) == SOCKET_ERROR) {
    return LastFailure(call);
  }
  return Done{};
}

// Sets IPV6_V6ONLY. Windows' default is 1, but Node's servers are dual-stack unless ipv6Only is set. A failure, for
// instance without IPv4, leaves a socket that works for IPv6; libuv ignores it too.
void SetIpv6Only(SOCKET socket, bool ipv6_only) {
  const DWORD value = ipv6_only ? 1 : 0;
  setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char*>(&value), sizeof value);
}

// Reads a numeric address, scope id included. AI_NUMERICHOST keeps Windows from looking up names.
Outcome<sockaddr_storage> ParseAddress(int family, const BindRequest& request) {
  addrinfo hints = {};
  hints.ai_family = family;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(request.address.c_str(), nullptr, &hints, &found);
  if (status != 0) return CallFailure{"getaddrinfo", static_cast<uint32_t>(status)};

  sockaddr_storage address = {};
  if (family == AF_INET6) {
    auto* const in6 = reinterpret_cast<sockaddr_in6*>(&address);
    *in6 = *reinterpret_cast<const sockaddr_in6*>(found->ai_addr);
    in6->sin6_port = request.port_network_order;
  } else {
    auto* const in = reinterpret_cast<sockaddr_in*>(&address);
    *in = *reinterpret_cast<const sockaddr_in*>(found->ai_addr);
    in->sin_port = request.port_network_order;
  }
  freeaddrinfo(found);
  return address;
}

Outcome<SocketAddress> LocalAddress(SOCKET socket) {
  sockaddr_storage address = {};
  int length = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == SOCKET_ERROR) {
    return LastFailure("getsockname");
  }
  char text[NI_MAXHOST] = {};
  const int status =
      getnameinfo(reinterpret_cast<const sockaddr*>(&address), length, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  if (status != 0) return CallFailure{"getnameinfo", static_cast<uint32_t>(status)};

  const uint16_t port = address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                                                      : reinterpret_cast<const sockaddr_in*>(&address)->sin_port;
  return SocketAddress{text, port};
}

}  // namespace

Outcome<PortReservation> AcquirePortReservation(SOCKET socket, PortRange range) {
  INET_PORT_RANGE input = {};
  input.StartPort = range.start_port_network_order;
  input.NumberOfPorts = range.number_of_ports;
  INET_PORT_RESERVATION_INSTANCE output = {};
  DWORD written = 0;
  if (WSAIoctl(socket, SIO_ACQUIRE_PORT_RESERVATION, &input, sizeof input, &output, sizeof output, &written, nullptr,
               nullptr) == SOCKET_ERROR) {
    return LastFailure("WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)");
  }
  return PortReservation{{output.Reservation.StartPort, output.Reservation.NumberOfPorts}, output.Token.Token};
}

Outcome<Done> AssociatePortReservation(SOCKET socket, uint64_t token) {
  return TokenIoctl(socket, SIO_ASSOCIATE_PORT_RESERVATION, "WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)", token);
}

Outcome<Done> ReleasePortReservation(SOCKET socket, uint64_t token) {
  return TokenIoctl(socket, SIO_RELEASE_PORT_RESERVATION, "WSAIoctl(SIO_RELEASE_PORT_RESERVATION)", token);
}

Outcome<SocketAddress> BindSocket(SOCKET socket, int family, const BindRequest& request) {
  const Outcome<sockaddr_storage> address = ParseAddress(family, request);
  if (const CallFailure* failure = FailureOf(address)) return *failure;

  if (family == AF_INET6) SetIpv6Only(socket, request.ipv6_only);
  const int length = family == AF_INET6 ? int{sizeof(sockaddr_in6)} : int{sizeof(sockaddr_in)};
  if (bind(socket, reinterpret_cast<const sockaddr*>(std::get_if<sockaddr_storage>(&address)), length) ==
      SOCKET_ERROR) {
    return LastFailure("bind");
  }
  return LocalAddress(socket);
}

Outcome<OpenedSocket> OpenSocket(const SocketRequest& request) {
  OpenedSocket opened;
  const int type = request.protocol == IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM;
  // libuv adopts only overlapped sockets, and a child process that inherited the socket would keep its ports.
  opened.socket = UniqueSocket(
      WSASocketW(request.family, type, request.protocol, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
  if (!opened.socket.valid()) return LastFailure("WSASocketW");
  // A dual-stack socket acquires a block for both families, as the socket of Microsoft's QUIC library does.
  if (request.family == AF_INET6) SetIpv6Only(opened.socket.get(), false);

  if (request.acquire) {
    Outcome<PortReservation> acquired = AcquirePortReservation(opened.socket.get(), *request.acquire);
    if (const CallFailure* failure = FailureOf(acquired)) return *failure;
    opened.reservation = *std::get_if<PortReservation>(&acquired);
  }
  if (request.associate) {
    const Outcome<Done> associated = AssociatePortReservation(opened.socket.get(), *request.associate);
    if (const CallFailure* failure = FailureOf(associated)) return *failure;
  }
  if (request.bind) {
    Outcome<SocketAddress> bound = BindSocket(opened.socket.get(), request.family, *request.bind);
    if (const CallFailure* failure = FailureOf(bound)) return *failure;
    opened.address = std::move(*std::get_if<SocketAddress>(&bound));
  }
  return opened;
}

}  // namespace win_port_reservation

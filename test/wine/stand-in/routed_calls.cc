// SPDX-License-Identifier: MIT
#include "routed_calls.h"

#include <ws2tcpip.h>
#include <mstcpip.h>

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "large_sockets.h"
#include "model.h"
#include "mutex.h"

namespace stand_in {
namespace {

constexpr int kMaximalBindAttempts = 65536;

bool IsRouted(DWORD code) {
  return code == SIO_ACQUIRE_PORT_RESERVATION || code == SIO_RELEASE_PORT_RESERVATION ||
         code == SIO_ASSOCIATE_PORT_RESERVATION;
}

// Success leaves the last error alone, whatever our own sockets did to it on the way.
int Settle(DWORD last_error_before, int error) {
  SetLastError(error == 0 ? last_error_before : static_cast<DWORD>(error));
  return error == 0 ? 0 : SOCKET_ERROR;
}

struct SocketKind {
  std::uint8_t protocol = 0;
  std::uint8_t family = 0;

  bool IsPortOwner() const { return (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP) && family != 0; }
};

SocketKind KindOf(SOCKET socket) {
  WSAPROTOCOL_INFOW info{};
  int size = sizeof info;
  SocketKind kind;
  if (getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&info), &size) != 0) return kind;
  if (info.iProtocol == IPPROTO_TCP || info.iProtocol == IPPROTO_UDP) {
    kind.protocol = static_cast<std::uint8_t>(info.iProtocol);
  }
  if (info.iAddressFamily == AF_INET) kind.family = 4;
  if (info.iAddressFamily == AF_INET6) kind.family = 6;
  return kind;
}

// The SOCKETs that the model has heard of and that are not closed yet.
class KnownSockets {
 public:
  void Add(SOCKET socket) {
    const std::lock_guard<Mutex> lock(mutex_);
    sockets_.insert(socket);
  }

  bool Remove(SOCKET socket) {
    const std::lock_guard<Mutex> lock(mutex_);
    return sockets_.erase(socket) > 0;
  }

 private:
  Mutex mutex_;
  std::unordered_set<SOCKET> sockets_;
};

KnownSockets& TheKnownSockets() {
  static KnownSockets* const known = new KnownSockets;
  return *known;
}

ULONG AskPersistent(std::uint8_t function, USHORT start_port, USHORT number_of_ports, ULONG64* token) {
  const DWORD last_error_before = GetLastError();
  const auto response = Conversation().Ask(Request(Op::kPersistent).Add(function).Add(start_port).Add(number_of_ports));
  SetLastError(last_error_before);
  if (!response) return ERROR_NETWORK_UNREACHABLE;
  if (response->error == 0 && token != nullptr && response->bytes.size() == sizeof *token) {
    std::memcpy(token, response->bytes.data(), sizeof *token);
  }
  return response->error;
}

template <std::uint8_t kFunction>
ULONG WINAPI CreateOrLookup(USHORT start_port, USHORT number_of_ports, ULONG64* token) {
  return AskPersistent(kFunction, start_port, number_of_ports, token);
}

template <std::uint8_t kFunction>
ULONG WINAPI Delete(USHORT start_port, USHORT number_of_ports) {
  return AskPersistent(kFunction, start_port, number_of_ports, nullptr);
}

int AskIoctl(SOCKET socket, DWORD code, const void* input, DWORD input_size, void* output, DWORD output_size,
             DWORD* returned) {
  if (returned == nullptr) return WSAEFAULT;
  const SocketKind kind = KindOf(socket);
  if (kind.family != 0) TheKnownSockets().Add(socket);
  const DWORD readable = input == nullptr ? 0 : input_size;
  const auto response = Conversation().Ask(Request(Op::kIoctl)
                                               .Add(static_cast<std::uint64_t>(socket))
                                               .Add(kind.protocol)
                                               .Add(kind.family)
                                               .Add(static_cast<std::uint32_t>(code))
                                               .Add(static_cast<std::uint32_t>(readable))
                                               .AddBytes(input, readable)
                                               .Add(static_cast<std::uint32_t>(output_size)));
  if (!response) return WSAENETUNREACH;
  if (response->error != 0) return static_cast<int>(response->error);
  const std::size_t size = output == nullptr ? 0 : std::min<std::size_t>(response->bytes.size(), output_size);
  if (size > 0) std::memcpy(output, response->bytes.data(), size);
  *returned = static_cast<DWORD>(size);
  return 0;
}

int WSAAPI RoutedWSAIoctl(SOCKET given, DWORD code, void* input, DWORD input_size, void* output, DWORD output_size,
                          DWORD* returned, WSAOVERLAPPED* overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE completion_routine) {
  const SOCKET socket = RealSocket(given);
  if (!IsRouted(code)) {
    return WSAIoctl(socket, code, input, input_size, output, output_size, returned, overlapped, completion_routine);
  }
  const DWORD last_error_before = GetLastError();
  if (overlapped != nullptr || completion_routine != nullptr) return Settle(last_error_before, WSAEOPNOTSUPP);
  return Settle(last_error_before, AskIoctl(socket, code, input, input_size, output, output_size, returned));
}

Request BoundReport(SOCKET socket, int error) {
  auto request = Request(Op::kBound).Add(static_cast<std::uint64_t>(socket)).Add(static_cast<std::int32_t>(error));
  if (error != 0) return request;
  sockaddr_storage address{};
  int size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) size = 0;
  return request.AddBytes(&address, static_cast<std::size_t>(size));
}

int AskBind(SOCKET socket, const sockaddr* address, int size, SocketKind kind) {
  TheKnownSockets().Add(socket);
  Conversation conversation;
  auto response = conversation.Ask(Request(Op::kBind)
                                       .Add(static_cast<std::uint64_t>(socket))
                                       .Add(kind.protocol)
                                       .Add(kind.family)
                                       .AddBytes(address, static_cast<std::size_t>(size)));
  for (int attempt = 0; attempt < kMaximalBindAttempts; attempt++) {
    if (!response) return WSAENETUNREACH;
    if (response->verdict == Verdict::kReturn) return static_cast<int>(response->error);
    const auto* const chosen = reinterpret_cast<const sockaddr*>(response->bytes.data());
    const int failed = bind(socket, chosen, static_cast<int>(response->bytes.size()));
    response = conversation.Ask(BoundReport(socket, failed == 0 ? 0 : WSAGetLastError()));
  }
  return WSAEADDRINUSE;
}

int WSAAPI RoutedBind(SOCKET given, const sockaddr* address, int size) {
  const SOCKET socket = RealSocket(given);
  const DWORD last_error_before = GetLastError();
  const SocketKind kind = KindOf(socket);
  if (!kind.IsPortOwner() || address == nullptr || size < 0) {
    SetLastError(last_error_before);
    return bind(socket, address, size);
  }
  return Settle(last_error_before, AskBind(socket, address, size, kind));
}

int WSAAPI RoutedSetsockopt(SOCKET socket, int level, int name, const char* value, int size) {
  const bool is_ipv6_only = level == IPPROTO_IPV6 && name == IPV6_V6ONLY && value != nullptr && size > 0;
  if (is_ipv6_only && !MayLookUp("setsockopt(IPV6_V6ONLY)", value, static_cast<std::size_t>(size))) return SOCKET_ERROR;
  return setsockopt(RealSocket(socket), level, name, value, size);
}

int WSAAPI RoutedCloseSocket(SOCKET given) {
  const SOCKET socket = RealSocket(given);
  const DWORD last_error_before = GetLastError();
  if (TheKnownSockets().Remove(socket)) {
    Conversation().Ask(Request(Op::kClose).Add(static_cast<std::uint64_t>(socket)));
  }
  SetLastError(last_error_before);
  return closesocket(socket);
}

BOOL WINAPI RoutedGetTokenInformation(HANDLE token, TOKEN_INFORMATION_CLASS information, void* output,
                                      DWORD output_size, DWORD* returned) {
  const BOOL succeeded = GetTokenInformation(token, information, output, output_size, returned);
  if (succeeded && information == TokenElevation) {
    static_cast<TOKEN_ELEVATION*>(output)->TokenIsElevated = IsElevated() ? 1 : 0;
  }
  return succeeded;
}

// Starts programs without a console. Otherwise Wine would start conhost.exe for each, although all output goes to pipes
// and files, and the start of a process would take half as long again.
BOOL WINAPI RoutedCreateProcess(const wchar_t* program, wchar_t* command_line, SECURITY_ATTRIBUTES* process,
                                SECURITY_ATTRIBUTES* thread, BOOL inherits, DWORD flags, void* environment,
                                const wchar_t* directory, STARTUPINFOW* startup, PROCESS_INFORMATION* started) {
  const DWORD without_console = (flags & ~static_cast<DWORD>(CREATE_NO_WINDOW)) | DETACHED_PROCESS;
  return CreateProcessW(program, command_line, process, thread, inherits, without_console, environment, directory,
                        startup, started);
}

}  // namespace

std::vector<Replacement> RoutedCalls() {
  return {
      {"iphlpapi.dll", "CreatePersistentTcpPortReservation", Address(CreateOrLookup<0>)},
      {"iphlpapi.dll", "CreatePersistentUdpPortReservation", Address(CreateOrLookup<1>)},
      {"iphlpapi.dll", "DeletePersistentTcpPortReservation", Address(Delete<2>)},
      {"iphlpapi.dll", "DeletePersistentUdpPortReservation", Address(Delete<3>)},
      {"iphlpapi.dll", "LookupPersistentTcpPortReservation", Address(CreateOrLookup<4>)},
      {"iphlpapi.dll", "LookupPersistentUdpPortReservation", Address(CreateOrLookup<5>)},
      {"ws2_32.dll", "WSAIoctl", Address(RoutedWSAIoctl)},
      {"ws2_32.dll", "bind", Address(RoutedBind)},
      {"ws2_32.dll", "closesocket", Address(RoutedCloseSocket)},
      {"ws2_32.dll", "setsockopt", Address(RoutedSetsockopt)},
  };
}

std::vector<Replacement> ProcessCalls() { return {{"kernel32.dll", "CreateProcessW", Address(RoutedCreateProcess)}}; }

std::vector<Replacement> ElevationCalls() {
  return {{"advapi32.dll", "GetTokenInformation", Address(RoutedGetTokenInformation)}};
}

}  // namespace stand_in

// SPDX-License-Identifier: MIT
#include "connection.h"

#include <ws2tcpip.h>

#include <cstdlib>
#include <cstring>

namespace stand_in {
namespace {

constexpr std::uint32_t kMaximalResponse = 1U << 20;

bool SendAll(SOCKET socket, const char* bytes, std::size_t size) {
  while (size > 0) {
    const int sent = send(socket, bytes, static_cast<int>(size), 0);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool ReceiveAll(SOCKET socket, char* bytes, std::size_t size) {
  while (size > 0) {
    const int received = recv(socket, bytes, static_cast<int>(size), 0);
    if (received <= 0) return false;
    bytes += received;
    size -= static_cast<std::size_t>(received);
  }
  return true;
}

bool SendRequest(SOCKET socket, const Request& request) {
  const auto length = static_cast<std::uint32_t>(request.body().size());
  std::string frame(reinterpret_cast<const char*>(&length), sizeof length);
  frame += request.body();
  return SendAll(socket, frame.data(), frame.size());
}

std::optional<Response> ReceiveResponse(SOCKET socket) {
  constexpr std::size_t kHead = sizeof(Response::verdict) + sizeof(Response::error);
  std::uint32_t length = 0;
  if (!ReceiveAll(socket, reinterpret_cast<char*>(&length), sizeof length)) return std::nullopt;
  if (length < kHead || length > kMaximalResponse) return std::nullopt;
  std::string body(length, '\0');
  if (!ReceiveAll(socket, body.data(), body.size())) return std::nullopt;
  Response response{};
  std::memcpy(&response.verdict, body.data(), sizeof response.verdict);
  std::memcpy(&response.error, body.data() + sizeof response.verdict, sizeof response.error);
  response.bytes = body.substr(kHead);
  return response;
}

// With the process id it tells the process from every other, and it is the same in all modules of a process.
std::uint64_t CreationTime() {
  FILETIME creation{}, exit{}, kernel{}, user{};
  GetProcessTimes(GetCurrentProcess(), &creation, &exit, &kernel, &user);
  return (static_cast<std::uint64_t>(creation.dwHighDateTime) << 32) | creation.dwLowDateTime;
}

}  // namespace

SOCKET OpenConnection(const Introduction& introduction) {
  // Not inherited: a child process must not keep the connection of its dead parent open.
  const SOCKET socket = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_NO_HANDLE_INHERIT);
  if (socket == INVALID_SOCKET) return INVALID_SOCKET;
  const BOOL no_delay = TRUE;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&no_delay), sizeof no_delay);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(introduction.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto hello = Request(Op::kHello)
                         .Add(static_cast<std::uint32_t>(GetCurrentProcessId()))
                         .Add(CreationTime())
                         .Add(static_cast<std::uint8_t>(introduction.elevated));
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      !SendRequest(socket, hello)) {
    const int error = WSAGetLastError();
    closesocket(socket);
    WSASetLastError(error);
    return INVALID_SOCKET;
  }
  return socket;
}

std::optional<Response> AskOver(SOCKET connection, const Request& request) {
  if (!SendRequest(connection, request)) return std::nullopt;
  return ReceiveResponse(connection);
}

std::optional<Response> AskOnce(const Request& request) {
  const char* const port = std::getenv("WPR_MACHINE_PORT");
  const char* const elevated = std::getenv("WPR_ELEVATED");
  if (port == nullptr) return std::nullopt;
  WSADATA data{};
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return std::nullopt;
  const bool is_elevated = elevated == nullptr || std::string(elevated) == "1";
  const SOCKET connection = OpenConnection({static_cast<std::uint16_t>(std::atoi(port)), is_elevated});
  std::optional<Response> response;
  if (connection != INVALID_SOCKET) {
    response = AskOver(connection, request);
    closesocket(connection);
  }
  WSACleanup();
  return response;
}

}  // namespace stand_in

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_UNIQUE_SOCKET_H_
#define WIN_PORT_RESERVATION_UNIQUE_SOCKET_H_

#include <utility>

#include "outcome.h"
#include "windows_headers.h"

namespace win_port_reservation {

// Owner of one SOCKET; INVALID_SOCKET means it owns none.
class UniqueSocket {
 public:
  UniqueSocket() = default;
  explicit UniqueSocket(SOCKET socket) : socket_(socket) {}
  // Not noexcept: MSVC warns of the word (C4577) where exceptions are off.
  UniqueSocket(UniqueSocket&& other) : socket_(other.Release()) {}
  UniqueSocket& operator=(UniqueSocket&& other) {
    if (this != &other) {
      Abandon();
      socket_ = other.Release();
    }
    return *this;
  }
  UniqueSocket(const UniqueSocket&) = delete;
  UniqueSocket& operator=(const UniqueSocket&) = delete;
  ~UniqueSocket() { Abandon(); }

  SOCKET get() const { return socket_; }
  bool valid() const { return socket_ != INVALID_SOCKET; }

  // Gives up the socket without closing it.
  SOCKET Release() { return std::exchange(socket_, INVALID_SOCKET); }

  Outcome<Done> Close() {
    if (closesocket(Release()) == 0) return Done{};
    return CallFailure{"closesocket", static_cast<uint32_t>(WSAGetLastError())};
  }

 private:
  // Closes the socket and keeps the last error, which may be that of the call that failed before.
  void Abandon() {
    if (!valid()) return;
    const int last_error = WSAGetLastError();
    closesocket(Release());
    WSASetLastError(last_error);
  }

  SOCKET socket_ = INVALID_SOCKET;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_UNIQUE_SOCKET_H_

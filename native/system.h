// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_SYSTEM_H_
#define WIN_PORT_RESERVATION_SYSTEM_H_

#include <cstdint>
#include <string>

#include "outcome.h"

namespace win_port_reservation {

// Returns Windows' own text for an error number, in the language of the user, as UTF-8; empty if Windows has none.
std::string SystemMessage(uint32_t error_number);

// Keeps this DLL in the process for good. Node unloads an addon with the last worker thread that loaded it, while calls
// of that thread may still be in Windows, on threads that come back to our code.
Outcome<Done> PinModule();

// Winsock counts WSAStartup and WSACleanup: as long as one session lives, sockets can be opened and used.
class WinsockSession {
 public:
  WinsockSession();
  ~WinsockSession();
  WinsockSession(const WinsockSession&) = delete;
  WinsockSession& operator=(const WinsockSession&) = delete;

  // Returns the status of WSAStartup: 0, or its error number.
  int status() const { return status_; }

 private:
  int status_;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_SYSTEM_H_

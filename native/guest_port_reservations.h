// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_GUEST_PORT_RESERVATIONS_H_
#define WIN_PORT_RESERVATION_GUEST_PORT_RESERVATIONS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "outcome.h"

namespace win_port_reservation {

// HCN_PORT_RANGE_ENTRY without its owner. Microsoft does not document the byte order of its ports. The addon assumes
// host byte order, because WSL passes ports that way to the functions that make these reservations.
struct GuestPortReservation {
  // HCN_PORT_PROTOCOL: 1 is TCP, 2 is UDP, 3 is both.
  uint32_t protocol;
  uint16_t start_port;
  // The last port, inside the range.
  uint16_t end_port;
};

// Calls HcnEnumerateGuestNetworkPortReservations; a failure carries its HRESULT. Returns nullopt where this Windows
// lacks the function. Windows asks the Host Network Service, and the call blocks for as long as that takes.
Outcome<std::optional<std::vector<GuestPortReservation>>> ListGuestPortReservations();

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_GUEST_PORT_RESERVATIONS_H_

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PERSISTENT_RESERVATION_H_
#define WIN_PORT_RESERVATION_PERSISTENT_RESERVATION_H_

#include <cstdint>

#include "outcome.h"
#include "port_range.h"

namespace win_port_reservation {

// Call the IP Helper function of the same name each. They block for as long as the kernel and the registry take.

Outcome<uint64_t> CreateTcpReservation(PortRange range);
Outcome<uint64_t> CreateUdpReservation(PortRange range);
Outcome<Done> DeleteTcpReservation(PortRange range);
Outcome<Done> DeleteUdpReservation(PortRange range);
Outcome<uint64_t> LookupTcpReservation(PortRange range);
Outcome<uint64_t> LookupUdpReservation(PortRange range);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PERSISTENT_RESERVATION_H_

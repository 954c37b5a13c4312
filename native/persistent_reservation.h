// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PERSISTENT_RESERVATION_H_
#define WIN_PORT_RESERVATION_PERSISTENT_RESERVATION_H_

#include <cstdint>

#include "outcome.h"

namespace win_port_reservation {

// The six IP Helper functions. The start port is in network byte order, the number of ports in host byte order, which
// is how Windows wants them. They block for as long as the kernel and the registry take.

Outcome<uint64_t> CreateTcpReservation(uint16_t start_port_network_order, uint16_t number_of_ports);
Outcome<uint64_t> CreateUdpReservation(uint16_t start_port_network_order, uint16_t number_of_ports);
Outcome<Done> DeleteTcpReservation(uint16_t start_port_network_order, uint16_t number_of_ports);
Outcome<Done> DeleteUdpReservation(uint16_t start_port_network_order, uint16_t number_of_ports);
Outcome<uint64_t> LookupTcpReservation(uint16_t start_port_network_order, uint16_t number_of_ports);
Outcome<uint64_t> LookupUdpReservation(uint16_t start_port_network_order, uint16_t number_of_ports);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PERSISTENT_RESERVATION_H_

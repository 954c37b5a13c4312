// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PORT_RANGE_H_
#define WIN_PORT_RESERVATION_PORT_RANGE_H_

#include <cstdint>

namespace win_port_reservation {

// A block of ports as Windows takes it: the start port in network byte order, the number of ports in host byte order.
struct PortRange {
  uint16_t start_port_network_order;
  uint16_t number_of_ports;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PORT_RANGE_H_

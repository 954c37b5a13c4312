// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PORT_OWNERS_H_
#define WIN_PORT_RESERVATION_PORT_OWNERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "outcome.h"
#include "process_names.h"

namespace win_port_reservation {

// A row of a table of IP Helper, and what its process is called.
struct PortOwner {
  // The local address; IPv6 with its scope id where it has one.
  std::string address;
  uint16_t port_network_order;
  // MIB_TCP_STATE; 0 for UDP.
  uint32_t state;
  uint32_t process_id;
  ProcessNames names;
};

// The rows of GetExtendedTcpTable or GetExtendedUdpTable with this local port, or all where it is 0: those of IPv4,
// then those of IPv6. The names are looked up only where there are processes to name.
Outcome<std::vector<PortOwner>> ListPortOwners(int protocol, uint16_t port_network_order);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PORT_OWNERS_H_

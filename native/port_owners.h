// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PORT_OWNERS_H_
#define WIN_PORT_RESERVATION_PORT_OWNERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "outcome.h"
#include "process_names.h"

namespace win_port_reservation {

// A row of a table of IP Helper, with the names of its process.
struct PortOwner {
  // The local address; IPv6 with its scope id where it has one.
  std::string address;
  uint16_t port_network_order;
  // MIB_TCP_STATE; 0 for UDP.
  uint32_t state;
  uint32_t process_id;
  ProcessNames names;
};

// Returns the rows of GetExtendedTcpTable or GetExtendedUdpTable with this local port, or all rows if the port is 0:
// IPv4 first, then IPv6. Looks up names only if a row has a process.
Outcome<std::vector<PortOwner>> ListPortOwners(int protocol, uint16_t port_network_order);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PORT_OWNERS_H_

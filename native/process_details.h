// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PROCESS_DETAILS_H_
#define WIN_PORT_RESERVATION_PROCESS_DETAILS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace win_port_reservation {

// The details of one process. A detail that Windows does not tell is empty, or 0.
struct ProcessDetails {
  uint32_t process_id = 0;
  // A FILETIME.
  uint64_t created_at = 0;
  // The path of its program.
  std::string executable;
  std::string command_line;
  // With a backslash at its end.
  std::string working_directory;
  // DOMAIN\name.
  std::string user_name;
};

// Describes the processes in the order given. A process that has ended has no details but its id. Looking up the name
// of a user may ask the controller of a domain, and take as long as that takes; each user is looked up once.
std::vector<ProcessDetails> DescribeProcesses(const std::vector<uint32_t>& process_ids);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PROCESS_DETAILS_H_

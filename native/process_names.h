// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PROCESS_NAMES_H_
#define WIN_PORT_RESERVATION_PROCESS_NAMES_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace win_port_reservation {

struct ProcessNames {
  // The file name of its program.
  std::string image_name;
  // The services that run in it.
  std::vector<std::string> service_names;
};

// Fills in the names of the processes whose ids are the keys. It needs no rights over a process. A name that Windows
// does not tell stays empty, which is no failure.
void LookUpNames(std::map<uint32_t, ProcessNames>& processes);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PROCESS_NAMES_H_

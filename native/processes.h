// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PROCESSES_H_
#define WIN_PORT_RESERVATION_PROCESSES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "outcome.h"
#include "unique_handle.h"

namespace win_port_reservation {

// A row of a snapshot of all processes. It needs no rights over them.
struct ProcessRow {
  uint32_t process_id;
  // The process that started it, which may have ended.
  uint32_t parent_process_id;
  // The file name of its program.
  std::string image_name;
};

// Calls CreateToolhelp32Snapshot, Process32FirstW and Process32NextW.
Outcome<std::vector<ProcessRow>> ListProcesses();

// Opens a process that runs, with this access and PROCESS_QUERY_LIMITED_INFORMATION. A process that has ended is error
// ERROR_INVALID_PARAMETER of OpenProcess, as is an id that no process has, although Windows still opens an ended
// process as long as another program has a handle of it.
Outcome<UniqueHandle> OpenRunningProcess(uint32_t process_id, DWORD access);

// Calls GetProcessTimes. Returns the FILETIME of the start of a process.
Outcome<uint64_t> CreationTimeOf(HANDLE process);

// Calls TerminateProcess, with the exit code 1, if the process was created at this FILETIME. Windows gives the id of a
// process that ended to another one, which then is error ERROR_INVALID_PARAMETER of OpenProcess too.
Outcome<Done> EndProcess(uint32_t process_id, uint64_t created_at);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PROCESSES_H_

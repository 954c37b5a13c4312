// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PROCESS_PARAMETERS_H_
#define WIN_PORT_RESERVATION_PROCESS_PARAMETERS_H_

#include <string>

#include "windows_headers.h"

namespace win_port_reservation {

// Read what a process was started with. Text that Windows does not tell, or that this process may not read, is empty.

// Calls NtQueryInformationProcess(ProcessCommandLineInformation), or reads the memory of the process on a system that
// does not know it.
std::wstring CommandLineOf(HANDLE process);

// Reads the memory of the process, because no function of Windows tells it. The handle needs PROCESS_VM_READ. Windows
// puts a backslash at the end.
std::wstring WorkingDirectoryOf(HANDLE process);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PROCESS_PARAMETERS_H_

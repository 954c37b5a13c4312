// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_SERVICES_H_
#define WIN_PORT_RESERVATION_SERVICES_H_

#include <string>

#include "outcome.h"
#include "windows_headers.h"

// Needs the types of windows.h.
#include <winsvc.h>

namespace win_port_reservation {

// Ask the Service Control Manager of this machine, and open it anew each time. They decide nothing: a service that is
// not installed, runs already or accepts no stop is a failure with the error number of Windows.

// Calls QueryServiceStatusEx.
Outcome<SERVICE_STATUS_PROCESS> QueryService(const std::wstring& name);

// Calls StartServiceW, without arguments for the service. It returns once the service's process has connected to the
// Service Control Manager, for which Windows gives it 30 seconds, and does not wait until the service runs.
Outcome<Done> StartWindowsService(const std::wstring& name);

// Calls ControlService(SERVICE_CONTROL_STOP), and does not wait until the service has stopped. Returns the status with
// which the service answered, and the process that it had before.
Outcome<SERVICE_STATUS_PROCESS> StopService(const std::wstring& name);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_SERVICES_H_

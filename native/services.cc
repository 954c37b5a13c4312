// SPDX-License-Identifier: MIT
#include "services.h"

#include "unique_handle.h"

namespace win_port_reservation {
namespace {

Outcome<SERVICE_STATUS_PROCESS> StatusOf(SC_HANDLE service) {
  SERVICE_STATUS_PROCESS status = {};
  DWORD needed = 0;
  if (QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status), sizeof status, &needed) ==
      FALSE) {
    return CallFailure{"QueryServiceStatusEx", GetLastError()};
  }
  return status;
}

// Opens a service, and makes a call with its handle.
template <typename Call>
auto WithService(const std::wstring& name, DWORD access, Call call) -> decltype(call(SC_HANDLE{})) {
  const UniqueServiceHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  if (!manager) return CallFailure{"OpenSCManagerW", GetLastError()};
  const UniqueServiceHandle service(OpenServiceW(manager.get(), name.c_str(), access));
  if (!service) return CallFailure{"OpenServiceW", GetLastError()};
  return call(service.get());
}

}  // namespace

Outcome<SERVICE_STATUS_PROCESS> QueryService(const std::wstring& name) {
  return WithService(name, SERVICE_QUERY_STATUS, StatusOf);
}

Outcome<Done> StartWindowsService(const std::wstring& name) {
  return WithService(name, SERVICE_START, [](SC_HANDLE service) -> Outcome<Done> {
    if (StartServiceW(service, 0, nullptr) == FALSE) return CallFailure{"StartServiceW", GetLastError()};
    return Done{};
  });
}

Outcome<SERVICE_STATUS_PROCESS> StopService(const std::wstring& name) {
  constexpr DWORD kAccess = SERVICE_STOP | SERVICE_QUERY_STATUS;
  return WithService(name, kAccess, [](SC_HANDLE service) -> Outcome<SERVICE_STATUS_PROCESS> {
    // ControlService does not tell the process. Asking afterwards could fail, and hide that the service stops.
    Outcome<SERVICE_STATUS_PROCESS> asked = StatusOf(service);
    auto* const status = std::get_if<SERVICE_STATUS_PROCESS>(&asked);
    if (status == nullptr) return asked;
    SERVICE_STATUS answer = {};
    if (ControlService(service, SERVICE_CONTROL_STOP, &answer) == FALSE) {
      return CallFailure{"ControlService", GetLastError()};
    }
    status->dwCurrentState = answer.dwCurrentState;
    status->dwControlsAccepted = answer.dwControlsAccepted;
    status->dwWin32ExitCode = answer.dwWin32ExitCode;
    status->dwServiceSpecificExitCode = answer.dwServiceSpecificExitCode;
    status->dwCheckPoint = answer.dwCheckPoint;
    status->dwWaitHint = answer.dwWaitHint;
    return *status;
  });
}

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
#include "elevation.h"

#include "unique_handle.h"
#include "windows_headers.h"

// Both need the types of windows.h.
#include <objbase.h>
#include <shellapi.h>

namespace win_port_reservation {
namespace {

// The shell needs COM on the thread that calls it. A thread that has it in the other mode will do as well.
class ComSession {
 public:
  ComSession() : status_(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE)) {}
  ~ComSession() {
    if (SUCCEEDED(status_)) CoUninitialize();
  }
  ComSession(const ComSession&) = delete;
  ComSession& operator=(const ComSession&) = delete;

 private:
  const HRESULT status_;
};

}  // namespace

Outcome<bool> IsElevated() {
  HANDLE opened = nullptr;
  if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &opened) == FALSE) {
    return CallFailure{"OpenProcessToken", GetLastError()};
  }
  const UniqueHandle token(opened);
  TOKEN_ELEVATION elevation = {};
  DWORD size = sizeof elevation;
  if (GetTokenInformation(token.get(), TokenElevation, &elevation, size, &size) == FALSE) {
    return CallFailure{"GetTokenInformation(TokenElevation)", GetLastError()};
  }
  return elevation.TokenIsElevated != 0;
}

Outcome<uint32_t> RunElevated(const std::wstring& file, const std::wstring& parameters, const std::wstring& folder) {
  const ComSession com;
  SHELLEXECUTEINFOW execution = {};
  execution.cbSize = sizeof execution;
  // The thread has no message loop, and no dialog may ask what a failure already says.
  execution.fMask = SEE_MASK_NOCLOSEPROCESS | SEE_MASK_NOASYNC | SEE_MASK_FLAG_NO_UI;
  execution.lpVerb = L"runas";
  execution.lpFile = file.c_str();
  execution.lpParameters = parameters.c_str();
  execution.lpDirectory = folder.c_str();
  execution.nShow = SW_SHOWNORMAL;
  if (ShellExecuteExW(&execution) == FALSE) return CallFailure{"ShellExecuteExW", GetLastError()};
  const UniqueHandle process(execution.hProcess);
  const DWORD process_id = GetProcessId(process.get());
  if (process_id == 0) return CallFailure{"GetProcessId", GetLastError()};
  return uint32_t{process_id};
}

}  // namespace win_port_reservation

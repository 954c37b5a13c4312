// SPDX-License-Identifier: MIT
#include "process_names.h"

#include <memory>
#include <type_traits>

#include "utf8.h"
#include "windows_headers.h"

// Both need the types of windows.h.
#include <tlhelp32.h>
#include <winsvc.h>

namespace win_port_reservation {
namespace {

// Enough for some 500 services at a time; Windows takes at most 256 KB.
constexpr DWORD kServicesSize = 64 * 1024;
constexpr int kMaximalRounds = 64;

struct CloseSnapshot {
  void operator()(HANDLE snapshot) const { CloseHandle(snapshot); }
};
using UniqueSnapshot = std::unique_ptr<void, CloseSnapshot>;

struct CloseService {
  void operator()(SC_HANDLE handle) const { CloseServiceHandle(handle); }
};
using UniqueServiceManager = std::unique_ptr<std::remove_pointer_t<SC_HANDLE>, CloseService>;

void LookUpImageNames(std::map<uint32_t, ProcessNames>& processes) {
  const HANDLE created = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  if (created == INVALID_HANDLE_VALUE) return;
  const UniqueSnapshot snapshot(created);
  PROCESSENTRY32W entry = {};
  entry.dwSize = sizeof entry;
  BOOL found = Process32FirstW(snapshot.get(), &entry);
  for (; found != FALSE; found = Process32NextW(snapshot.get(), &entry)) {
    const auto process = processes.find(entry.th32ProcessID);
    if (process != processes.end()) process->second.image_name = ToUtf8(entry.szExeFile);
  }
}

void LookUpServiceNames(std::map<uint32_t, ProcessNames>& processes) {
  const UniqueServiceManager manager(
      OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE));
  if (!manager) return;
  std::vector<BYTE> buffer(kServicesSize);
  // While there are more services, the call fails with ERROR_MORE_DATA and says in `resume` where to go on.
  DWORD resume = 0;
  for (int round = 0; round < kMaximalRounds; ++round) {
    DWORD needed = 0;
    DWORD returned = 0;
    const BOOL complete = EnumServicesStatusExW(manager.get(), SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_ACTIVE,
                                                buffer.data(), kServicesSize, &needed, &returned, &resume, nullptr);
    if (complete == FALSE && GetLastError() != ERROR_MORE_DATA) return;
    const auto* const services = reinterpret_cast<const ENUM_SERVICE_STATUS_PROCESSW*>(buffer.data());
    for (DWORD index = 0; index < returned; ++index) {
      const auto process = processes.find(services[index].ServiceStatusProcess.dwProcessId);
      if (process != processes.end()) process->second.service_names.push_back(ToUtf8(services[index].lpServiceName));
    }
    if (complete != FALSE) return;
  }
}

}  // namespace

void LookUpNames(std::map<uint32_t, ProcessNames>& processes) {
  LookUpImageNames(processes);
  LookUpServiceNames(processes);
}

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
#include "process_names.h"

#include "processes.h"
#include "unique_handle.h"
#include "utf8.h"
#include "windows_headers.h"

namespace win_port_reservation {
namespace {

// Enough for some 500 services at a time; Windows takes at most 256 KB.
constexpr DWORD kServicesSize = 64 * 1024;
constexpr int kMaximalRounds = 64;

void LookUpImageNames(std::map<uint32_t, ProcessNames>& processes) {
  const Outcome<std::vector<ProcessRow>> listed = ListProcesses();
  const auto* const rows = std::get_if<std::vector<ProcessRow>>(&listed);
  if (rows == nullptr) return;
  for (const ProcessRow& row : *rows) {
    const auto process = processes.find(row.process_id);
    if (process != processes.end()) process->second.image_name = row.image_name;
  }
}

void LookUpServiceNames(std::map<uint32_t, ProcessNames>& processes) {
  const UniqueServiceHandle manager(
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

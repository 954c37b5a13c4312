// SPDX-License-Identifier: MIT
#include "processes.h"

#include <utility>

#include "utf8.h"
#include "windows_headers.h"

// Needs the types of windows.h.
#include <tlhelp32.h>

namespace win_port_reservation {
namespace {

constexpr UINT kExitCode = 1;

constexpr CallFailure kNoSuchProcess = {"OpenProcess", ERROR_INVALID_PARAMETER};

bool HasEnded(HANDLE process) {
  DWORD exit_code = STILL_ACTIVE;
  return GetExitCodeProcess(process, &exit_code) != FALSE && exit_code != STILL_ACTIVE;
}

}  // namespace

Outcome<std::vector<ProcessRow>> ListProcesses() {
  const HANDLE created = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  if (created == INVALID_HANDLE_VALUE) return CallFailure{"CreateToolhelp32Snapshot", GetLastError()};
  const UniqueHandle snapshot(created);
  std::vector<ProcessRow> rows;
  PROCESSENTRY32W entry = {};
  entry.dwSize = sizeof entry;
  for (BOOL found = Process32FirstW(snapshot.get(), &entry); found != FALSE;
       found = Process32NextW(snapshot.get(), &entry)) {
    rows.push_back(ProcessRow{entry.th32ProcessID, entry.th32ParentProcessID, ToUtf8(entry.szExeFile)});
  }
  const DWORD error_number = GetLastError();
  if (error_number != ERROR_NO_MORE_FILES) {
    return CallFailure{rows.empty() ? "Process32FirstW" : "Process32NextW", error_number};
  }
  return rows;
}

Outcome<UniqueHandle> OpenRunningProcess(uint32_t process_id, DWORD access) {
  UniqueHandle process(OpenProcess(access | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process_id));
  if (!process) return CallFailure{"OpenProcess", GetLastError()};
  // Windows ignores the two lowest bits of an id, and opens process 1000 for 1001.
  if (GetProcessId(process.get()) != process_id || HasEnded(process.get())) return kNoSuchProcess;
  return process;
}

Outcome<uint64_t> CreationTimeOf(HANDLE process) {
  FILETIME creation = {};
  FILETIME exit = {};
  FILETIME kernel = {};
  FILETIME user = {};
  if (GetProcessTimes(process, &creation, &exit, &kernel, &user) == FALSE) {
    return CallFailure{"GetProcessTimes", GetLastError()};
  }
  return (uint64_t{creation.dwHighDateTime} << 32) | creation.dwLowDateTime;
}

Outcome<Done> EndProcess(uint32_t process_id, uint64_t created_at) {
  const Outcome<UniqueHandle> opened = OpenRunningProcess(process_id, PROCESS_TERMINATE);
  if (const CallFailure* failure = FailureOf(opened)) return *failure;
  const HANDLE process = std::get_if<UniqueHandle>(&opened)->get();
  const Outcome<uint64_t> creation_time = CreationTimeOf(process);
  if (const CallFailure* failure = FailureOf(creation_time)) return *failure;
  // The handle keeps the id from being given to another process.
  if (*std::get_if<uint64_t>(&creation_time) != created_at) return kNoSuchProcess;
  if (TerminateProcess(process, kExitCode) == FALSE) {
    const CallFailure failure = {"TerminateProcess", GetLastError()};
    // Windows denies access to a process that ended by itself in this moment.
    return HasEnded(process) ? kNoSuchProcess : failure;
  }
  return Done{};
}

}  // namespace win_port_reservation

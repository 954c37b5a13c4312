// SPDX-License-Identifier: MIT
#include "handle_count.h"

#include <windows.h>
#include <winternl.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace stand_in {
namespace {

constexpr auto kSystemExtendedHandleInformation = static_cast<SYSTEM_INFORMATION_CLASS>(64);
constexpr NTSTATUS kInfoLengthMismatch = static_cast<NTSTATUS>(0xC0000004);
constexpr std::size_t kMaximalSize = std::size_t{1} << 26;

struct HandleEntry {
  void* object;
  ULONG_PTR process_id;
  ULONG_PTR handle;
  ULONG access;
  USHORT creator_back_trace_index;
  USHORT object_type_index;
  ULONG attributes;
  ULONG reserved;
};

struct HandleTable {
  ULONG_PTR size;
  ULONG_PTR reserved;
};

// Returns the answer of NtQuerySystemInformation, however long it is; empty when it fails.
std::vector<char> Query(SYSTEM_INFORMATION_CLASS kind) {
  std::vector<char> buffer(std::size_t{1} << 18);
  NTSTATUS status = kInfoLengthMismatch;
  while (status == kInfoLengthMismatch && buffer.size() < kMaximalSize) {
    buffer.resize(buffer.size() * 2);
    status = NtQuerySystemInformation(kind, buffer.data(), static_cast<ULONG>(buffer.size()), nullptr);
  }
  if (status < 0) buffer.clear();
  return buffer;
}

}  // namespace

// Wine's GetProcessHandleCount always says 0, so that the handles of the whole system are listed instead.
std::size_t HandleCount() {
  const std::vector<char> buffer = Query(kSystemExtendedHandleInformation);
  if (buffer.empty()) return 0;
  HandleTable table{};
  std::memcpy(&table, buffer.data(), sizeof table);
  const auto* const entries = reinterpret_cast<const HandleEntry*>(buffer.data() + sizeof table);
  return static_cast<std::size_t>(std::count_if(entries, entries + table.size, [](const HandleEntry& entry) {
    return entry.process_id == GetCurrentProcessId();
  }));
}

std::size_t ThreadCount() {
  const std::vector<char> buffer = Query(SystemProcessInformation);
  const char* at = buffer.data();
  while (!buffer.empty()) {
    SYSTEM_PROCESS_INFORMATION process{};
    std::memcpy(&process, at, sizeof process);
    if (process.UniqueProcessId == reinterpret_cast<HANDLE>(ULONG_PTR{GetCurrentProcessId()})) {
      return process.NumberOfThreads;
    }
    if (process.NextEntryOffset == 0) break;
    at += process.NextEntryOffset;
  }
  return 0;
}

}  // namespace stand_in

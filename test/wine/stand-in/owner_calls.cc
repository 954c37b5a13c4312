// SPDX-License-Identifier: MIT
#include "owner_calls.h"

#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <tlhelp32.h>
#include <winternl.h>

#include <cstddef>
#include <cstring>

#include "model.h"

namespace stand_in {
namespace {

// The model's answer about a port, as frames.mjs encodes it.
#pragma pack(push, 1)
struct Owner {
  std::uint16_t port_network_order;
  std::uint32_t process_id;
};
#pragma pack(pop)

DWORD OwnerOf(const std::string& owners, DWORD port) {
  for (std::size_t at = 0; at + sizeof(Owner) <= owners.size(); at += sizeof(Owner)) {
    Owner owner{};
    std::memcpy(&owner, owners.data() + at, sizeof owner);
    if (owner.port_network_order == static_cast<std::uint16_t>(port)) return owner.process_id;
  }
  return 0;
}

MIB_TCPROW_OWNER_PID Ownable(const MIB_TCPROW& row) {
  return {row.dwState, row.dwLocalAddr, row.dwLocalPort, row.dwRemoteAddr, row.dwRemotePort, 0};
}

MIB_TCP6ROW_OWNER_PID Ownable(const MIB_TCP6ROW& row) {
  MIB_TCP6ROW_OWNER_PID owned{};
  std::memcpy(owned.ucLocalAddr, &row.LocalAddr, sizeof owned.ucLocalAddr);
  owned.dwLocalScopeId = row.dwLocalScopeId;
  owned.dwLocalPort = row.dwLocalPort;
  std::memcpy(owned.ucRemoteAddr, &row.RemoteAddr, sizeof owned.ucRemoteAddr);
  owned.dwRemoteScopeId = row.dwRemoteScopeId;
  owned.dwRemotePort = row.dwRemotePort;
  owned.dwState = static_cast<DWORD>(row.State);
  return owned;
}

// Wine's rows, with the owners that the model knows, as TCP_TABLE_OWNER_PID_ALL has them.
template <typename Basic, typename Owned>
DWORD TableWithOwners(const std::vector<char>& basic, const std::string& owners, void* buffer, DWORD* size) {
  const auto* const from = reinterpret_cast<const Basic*>(basic.data());
  const auto* const from_rows = from->table;
  const auto needed = static_cast<DWORD>(offsetof(Owned, table) + from->dwNumEntries * sizeof(Owned::table[0]));
  const bool fits = buffer != nullptr && *size >= needed;
  *size = needed;
  if (!fits) return ERROR_INSUFFICIENT_BUFFER;
  auto* const to = static_cast<Owned*>(buffer);
  auto* const to_rows = to->table;
  to->dwNumEntries = from->dwNumEntries;
  for (DWORD index = 0; index < from->dwNumEntries; index++) {
    auto& row = to_rows[index];
    row = Ownable(from_rows[index]);
    // A lingering socket has no owner, on Windows too.
    if (row.dwState != MIB_TCP_STATE_TIME_WAIT) row.dwOwningPid = OwnerOf(owners, row.dwLocalPort);
  }
  return NO_ERROR;
}

DWORD ReadBasicTable(BOOL order, ULONG family, std::vector<char>* table) {
  DWORD size = 1U << 16;
  DWORD status = ERROR_INSUFFICIENT_BUFFER;
  while (status == ERROR_INSUFFICIENT_BUFFER) {
    table->resize(size * 2);
    size = static_cast<DWORD>(table->size());
    status = GetExtendedTcpTable(table->data(), &size, order, family, TCP_TABLE_BASIC_ALL, 0);
  }
  return status;
}

struct Answer {
  DWORD error;
  std::string owners;
};

Answer AskOwners(std::uint8_t protocol, ULONG family) {
  const auto request =
      Request(Op::kPortOwners).Add(protocol).Add(static_cast<std::uint8_t>(family == AF_INET6 ? 6 : 4));
  const auto response = Conversation().Ask(request);
  if (!response) return {ERROR_NETWORK_UNREACHABLE, {}};
  return {response->error, response->bytes};
}

// Tells whether the call goes on. If it is to find its buffer too small, it gets none, and returns the size it needs.
bool GoesOn(DWORD error, DWORD* size) {
  if (error == ERROR_INSUFFICIENT_BUFFER) *size = 0;
  return error == 0 || error == ERROR_INSUFFICIENT_BUFFER;
}

DWORD WINAPI RoutedGetExtendedTcpTable(void* table, DWORD* size, BOOL order, ULONG family, TCP_TABLE_CLASS table_class,
                                       ULONG reserved) {
  const Answer answer = AskOwners(IPPROTO_TCP, family);
  if (!GoesOn(answer.error, size)) return answer.error;
  if (table_class != TCP_TABLE_OWNER_PID_ALL) {
    return GetExtendedTcpTable(table, size, order, family, table_class, reserved);
  }
  std::vector<char> basic;
  const DWORD status = ReadBasicTable(order, family, &basic);
  if (status != NO_ERROR) return status;
  const auto with_owners = family == AF_INET6 ? TableWithOwners<MIB_TCP6TABLE, MIB_TCP6TABLE_OWNER_PID>
                                              : TableWithOwners<MIB_TCPTABLE, MIB_TCPTABLE_OWNER_PID>;
  return with_owners(basic, answer.owners, table, size);
}

DWORD WINAPI RoutedGetExtendedUdpTable(void* table, DWORD* size, BOOL order, ULONG family, UDP_TABLE_CLASS table_class,
                                       ULONG reserved) {
  const Answer answer = AskOwners(IPPROTO_UDP, family);
  if (!GoesOn(answer.error, size)) return answer.error;
  return GetExtendedUdpTable(table, size, order, family, table_class, reserved);
}

HANDLE WINAPI RoutedCreateToolhelp32Snapshot(DWORD flags, DWORD process_id) {
  if (!MayLookUp("CreateToolhelp32Snapshot")) return INVALID_HANDLE_VALUE;
  return CreateToolhelp32Snapshot(flags, process_id);
}

SC_HANDLE WINAPI RoutedOpenSCManagerW(const wchar_t* machine, const wchar_t* database, DWORD access) {
  return MayLookUp("OpenSCManagerW") ? OpenSCManagerW(machine, database, access) : nullptr;
}

BOOL WINAPI RoutedEnumServicesStatusExW(SC_HANDLE manager, SC_ENUM_TYPE level, DWORD type, DWORD state, BYTE* services,
                                        DWORD size, DWORD* needed, DWORD* returned, DWORD* resume,
                                        const wchar_t* group) {
  if (!MayLookUp("EnumServicesStatusExW")) return FALSE;
  return EnumServicesStatusExW(manager, level, type, state, services, size, needed, returned, resume, group);
}

HMODULE WINAPI RoutedLoadLibraryExW(const wchar_t* file, HANDLE reserved, DWORD flags) {
  return MayLookUp("LoadLibraryExW") ? LoadLibraryExW(file, reserved, flags) : nullptr;
}

bool ReadMemory(HANDLE process, const void* address, void* buffer, SIZE_T size) {
  return ReadProcessMemory(process, address, buffer, size, nullptr) != FALSE;
}

// ProcessCommandLineInformation, which Wine 8 lacks. As on Windows the handle needs no PROCESS_VM_READ, and the text
// follows the UNICODE_STRING that points to it.
NTSTATUS WriteCommandLine(HANDLE process, void* buffer, ULONG size) {
  constexpr auto kFailed = static_cast<NTSTATUS>(STATUS_ACCESS_VIOLATION);
  PROCESS_BASIC_INFORMATION basic{};
  const NTSTATUS status = NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof basic, nullptr);
  if (status < 0) return status;
  const HANDLE readable = OpenProcess(PROCESS_VM_READ, FALSE, static_cast<DWORD>(basic.UniqueProcessId));
  if (readable == nullptr) return kFailed;
  PEB environment{};
  RTL_USER_PROCESS_PARAMETERS parameters{};
  auto* const text = static_cast<UNICODE_STRING*>(buffer);
  bool written = ReadMemory(readable, basic.PebBaseAddress, &environment, sizeof environment) &&
                 ReadMemory(readable, environment.ProcessParameters, &parameters, sizeof parameters) &&
                 sizeof *text + parameters.CommandLine.Length <= size;
  if (written) {
    const UNICODE_STRING& from = parameters.CommandLine;
    *text = {from.Length, from.MaximumLength, reinterpret_cast<wchar_t*>(text + 1)};
    written = ReadMemory(readable, from.Buffer, text->Buffer, from.Length);
  }
  CloseHandle(readable);
  return written ? 0 : kFailed;
}

NTSTATUS NTAPI RoutedNtQueryInformationProcess(HANDLE process, PROCESSINFOCLASS information_class, void* buffer,
                                               ULONG size, ULONG* returned) {
  constexpr int kProcessCommandLineInformation = 60;
  if (information_class == kProcessCommandLineInformation && MayLookUp("NtQueryInformationProcess")) {
    return WriteCommandLine(process, buffer, size);
  }
  return NtQueryInformationProcess(process, information_class, buffer, size, returned);
}

FARPROC WINAPI RoutedGetProcAddress(HMODULE module, const char* name) {
  if (!MayLookUp("GetProcAddress")) return nullptr;
  if (std::strcmp(name, "NtQueryInformationProcess") != 0) return GetProcAddress(module, name);
  return reinterpret_cast<FARPROC>(Address(RoutedNtQueryInformationProcess));
}

}  // namespace

std::vector<Replacement> OwnerCalls() {
  return {
      {"iphlpapi.dll", "GetExtendedTcpTable", Address(RoutedGetExtendedTcpTable)},
      {"iphlpapi.dll", "GetExtendedUdpTable", Address(RoutedGetExtendedUdpTable)},
      {"kernel32.dll", "CreateToolhelp32Snapshot", Address(RoutedCreateToolhelp32Snapshot)},
      {"kernel32.dll", "LoadLibraryExW", Address(RoutedLoadLibraryExW)},
      {"kernel32.dll", "GetProcAddress", Address(RoutedGetProcAddress)},
      {"advapi32.dll", "OpenSCManagerW", Address(RoutedOpenSCManagerW)},
      {"advapi32.dll", "EnumServicesStatusExW", Address(RoutedEnumServicesStatusExW)},
  };
}

}  // namespace stand_in

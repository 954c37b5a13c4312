// SPDX-License-Identifier: MIT
#include "owner_calls.h"

#include <ws2tcpip.h>

#include <iphlpapi.h>
#include <tlhelp32.h>

#include <cstring>

#include "model.h"

namespace stand_in {
namespace {

// What the model says of a port, as frames.mjs encodes it.
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

template <typename Table>
void FillOwners(void* buffer, const std::string& owners) {
  auto* const table = static_cast<Table*>(buffer);
  auto* const rows = table->table;
  for (DWORD index = 0; index < table->dwNumEntries; index++) {
    // On Windows too, nobody has what lingers.
    if (rows[index].dwOwningPid != 0 || rows[index].dwState == MIB_TCP_STATE_TIME_WAIT) continue;
    rows[index].dwOwningPid = OwnerOf(owners, rows[index].dwLocalPort);
  }
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

DWORD WINAPI RoutedGetExtendedTcpTable(void* table, DWORD* size, BOOL order, ULONG family, TCP_TABLE_CLASS table_class,
                                       ULONG reserved) {
  const Answer answer = AskOwners(IPPROTO_TCP, family);
  if (answer.error != 0) return answer.error;
  const DWORD status = GetExtendedTcpTable(table, size, order, family, table_class, reserved);
  if (status != NO_ERROR || table_class != TCP_TABLE_OWNER_PID_ALL) return status;
  if (family == AF_INET6) {
    FillOwners<MIB_TCP6TABLE_OWNER_PID>(table, answer.owners);
  } else {
    FillOwners<MIB_TCPTABLE_OWNER_PID>(table, answer.owners);
  }
  return status;
}

DWORD WINAPI RoutedGetExtendedUdpTable(void* table, DWORD* size, BOOL order, ULONG family, UDP_TABLE_CLASS table_class,
                                       ULONG reserved) {
  const Answer answer = AskOwners(IPPROTO_UDP, family);
  if (answer.error != 0) return answer.error;
  return GetExtendedUdpTable(table, size, order, family, table_class, reserved);
}

// Whether the model lets a call go on to Wine; the last error says why not.
bool MayLookUp(const std::string& call) {
  const DWORD last_error_before = GetLastError();
  const auto response = Conversation().Ask(Request(Op::kLookup).AddBytes(call.data(), call.size()));
  const DWORD error = response ? response->error : ERROR_NETWORK_UNREACHABLE;
  SetLastError(error == 0 ? last_error_before : error);
  return error == 0;
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

FARPROC WINAPI RoutedGetProcAddress(HMODULE module, const char* name) {
  return MayLookUp("GetProcAddress") ? GetProcAddress(module, name) : nullptr;
}

template <typename Function>
void* Address(Function* function) {
  return reinterpret_cast<void*>(function);
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

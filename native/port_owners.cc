// SPDX-License-Identifier: MIT
#include "port_owners.h"

#include <map>

#include "windows_headers.h"

namespace win_port_reservation {
namespace {

constexpr DWORD kFirstTableSize = 64 * 1024;
constexpr int kMaximalReads = 8;

// inet_ntop cannot fail here: the families are known and the buffers large enough.

std::string Ipv4Text(DWORD address) {
  char text[INET_ADDRSTRLEN] = {};
  inet_ntop(AF_INET, &address, text, sizeof text);
  return text;
}

// The scope id comes in host byte order, as in a sockaddr_in6 and as .NET reads it; Microsoft's page on the row says
// network byte order.
std::string Ipv6Text(const UCHAR (&address)[16], DWORD scope_id) {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, address, text, sizeof text);
  return scope_id == 0 ? std::string(text) : std::string(text) + '%' + std::to_string(scope_id);
}

std::string LocalAddress(const MIB_TCPROW_OWNER_PID& row) { return Ipv4Text(row.dwLocalAddr); }
std::string LocalAddress(const MIB_UDPROW_OWNER_PID& row) { return Ipv4Text(row.dwLocalAddr); }
std::string LocalAddress(const MIB_TCP6ROW_OWNER_PID& row) { return Ipv6Text(row.ucLocalAddr, row.dwLocalScopeId); }
std::string LocalAddress(const MIB_UDP6ROW_OWNER_PID& row) { return Ipv6Text(row.ucLocalAddr, row.dwLocalScopeId); }

uint32_t State(const MIB_TCPROW_OWNER_PID& row) { return row.dwState; }
uint32_t State(const MIB_TCP6ROW_OWNER_PID& row) { return row.dwState; }
uint32_t State(const MIB_UDPROW_OWNER_PID& /* stateless */) { return 0; }
uint32_t State(const MIB_UDP6ROW_OWNER_PID& /* stateless */) { return 0; }

template <typename Table>
void AddRows(const void* buffer, uint16_t port_network_order, std::vector<PortOwner>& owners) {
  const auto* const table = static_cast<const Table*>(buffer);
  const auto* const rows = table->table;
  for (DWORD index = 0; index < table->dwNumEntries; ++index) {
    // The upper 16 bits may hold anything.
    const auto port = static_cast<uint16_t>(rows[index].dwLocalPort);
    if (port_network_order != 0 && port != port_network_order) continue;
    owners.push_back(PortOwner{LocalAddress(rows[index]), port, State(rows[index]), rows[index].dwOwningPid, {}});
  }
}

DWORD ReadTcpTable(void* table, DWORD* size, ULONG family) {
  return GetExtendedTcpTable(table, size, TRUE, family, TCP_TABLE_OWNER_PID_ALL, 0);
}

DWORD ReadUdpTable(void* table, DWORD* size, ULONG family) {
  return GetExtendedUdpTable(table, size, TRUE, family, UDP_TABLE_OWNER_PID, 0);
}

// The tables of a protocol. The functions return their error number; they do not set the last error.
struct FamilyTable {
  ULONG family;
  void (*add_rows)(const void* buffer, uint16_t port_network_order, std::vector<PortOwner>& owners);
};
struct Tables {
  const char* call;
  DWORD (*read)(void* table, DWORD* size, ULONG family);
  FamilyTable families[2];
};

constexpr Tables kTcpTables = {
    "GetExtendedTcpTable",
    ReadTcpTable,
    {{AF_INET, AddRows<MIB_TCPTABLE_OWNER_PID>}, {AF_INET6, AddRows<MIB_TCP6TABLE_OWNER_PID>}},
};

constexpr Tables kUdpTables = {
    "GetExtendedUdpTable",
    ReadUdpTable,
    {{AF_INET, AddRows<MIB_UDPTABLE_OWNER_PID>}, {AF_INET6, AddRows<MIB_UDP6TABLE_OWNER_PID>}},
};

DWORD ReadTable(const Tables& tables, ULONG family, std::vector<char>& buffer) {
  DWORD size = kFirstTableSize;
  DWORD status = ERROR_INSUFFICIENT_BUFFER;
  for (int read = 0; read < kMaximalReads && status == ERROR_INSUFFICIENT_BUFFER; ++read) {
    // The table may grow between two calls, so the buffer gets more room than Windows asked for.
    size += size / 4;
    buffer.resize(size);
    status = tables.read(buffer.data(), &size, family);
  }
  return status;
}

void AddNames(std::vector<PortOwner>& owners) {
  std::map<uint32_t, ProcessNames> processes;
  for (const PortOwner& owner : owners) {
    // Process id 0 stands for connections that outlive their process. Windows would name it all the same.
    if (owner.process_id != 0) processes[owner.process_id];
  }
  if (processes.empty()) return;
  LookUpNames(processes);
  for (PortOwner& owner : owners) {
    const auto process = processes.find(owner.process_id);
    if (process != processes.end()) owner.names = process->second;
  }
}

}  // namespace

Outcome<std::vector<PortOwner>> ListPortOwners(int protocol, uint16_t port_network_order) {
  const Tables& tables = protocol == IPPROTO_TCP ? kTcpTables : kUdpTables;
  std::vector<PortOwner> owners;
  std::vector<char> buffer;
  for (const auto& [family, add_rows] : tables.families) {
    const DWORD status = ReadTable(tables, family, buffer);
    // Without IPv6 no process owns an IPv6 port.
    if (status == ERROR_NOT_SUPPORTED && family == AF_INET6) continue;
    if (status != NO_ERROR) return CallFailure{tables.call, status};
    add_rows(buffer.data(), port_network_order, owners);
  }
  AddNames(owners);
  return owners;
}

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
#include "persistent_reservation.h"

#include "windows_headers.h"

namespace win_port_reservation {
namespace {

// The functions return their error number; they do not set the last error.

using TokenFunction = ULONG(WINAPI*)(USHORT start_port, USHORT number_of_ports, PULONG64 token);
using DeleteFunction = ULONG(WINAPI*)(USHORT start_port, USHORT number_of_ports);

Outcome<uint64_t> CallForToken(const char* call, TokenFunction function, PortRange range) {
  ULONG64 token = 0;
  const ULONG status = function(range.start_port_network_order, range.number_of_ports, &token);
  if (status != NO_ERROR) return CallFailure{call, status};
  return uint64_t{token};
}

Outcome<Done> CallToDelete(const char* call, DeleteFunction function, PortRange range) {
  const ULONG status = function(range.start_port_network_order, range.number_of_ports);
  if (status != NO_ERROR) return CallFailure{call, status};
  return Done{};
}

}  // namespace

Outcome<uint64_t> CreateTcpReservation(PortRange range) {
  return CallForToken("CreatePersistentTcpPortReservation", CreatePersistentTcpPortReservation, range);
}

Outcome<uint64_t> CreateUdpReservation(PortRange range) {
  return CallForToken("CreatePersistentUdpPortReservation", CreatePersistentUdpPortReservation, range);
}

Outcome<Done> DeleteTcpReservation(PortRange range) {
  return CallToDelete("DeletePersistentTcpPortReservation", DeletePersistentTcpPortReservation, range);
}

Outcome<Done> DeleteUdpReservation(PortRange range) {
  return CallToDelete("DeletePersistentUdpPortReservation", DeletePersistentUdpPortReservation, range);
}

Outcome<uint64_t> LookupTcpReservation(PortRange range) {
  return CallForToken("LookupPersistentTcpPortReservation", LookupPersistentTcpPortReservation, range);
}

Outcome<uint64_t> LookupUdpReservation(PortRange range) {
  return CallForToken("LookupPersistentUdpPortReservation", LookupPersistentUdpPortReservation, range);
}

}  // namespace win_port_reservation

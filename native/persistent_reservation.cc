// SPDX-License-Identifier: MIT
#include "persistent_reservation.h"

#include "windows_headers.h"

namespace win_port_reservation {
namespace {

// The functions return their error number; they do not set the last error.

Outcome<uint64_t> TokenOf(const char* call, ULONG status, ULONG64 token) {
  if (status != NO_ERROR) return CallFailure{call, status};
  return uint64_t{token};
}

Outcome<Done> DoneOf(const char* call, ULONG status) {
  if (status != NO_ERROR) return CallFailure{call, status};
  return Done{};
}

}  // namespace

Outcome<uint64_t> CreateTcpReservation(uint16_t start_port_network_order, uint16_t number_of_ports) {
  ULONG64 token = 0;
  const ULONG status = CreatePersistentTcpPortReservation(start_port_network_order, number_of_ports, &token);
  return TokenOf("CreatePersistentTcpPortReservation", status, token);
}

Outcome<uint64_t> CreateUdpReservation(uint16_t start_port_network_order, uint16_t number_of_ports) {
  ULONG64 token = 0;
  const ULONG status = CreatePersistentUdpPortReservation(start_port_network_order, number_of_ports, &token);
  return TokenOf("CreatePersistentUdpPortReservation", status, token);
}

Outcome<Done> DeleteTcpReservation(uint16_t start_port_network_order, uint16_t number_of_ports) {
  return DoneOf("DeletePersistentTcpPortReservation",
                DeletePersistentTcpPortReservation(start_port_network_order, number_of_ports));
}

Outcome<Done> DeleteUdpReservation(uint16_t start_port_network_order, uint16_t number_of_ports) {
  return DoneOf("DeletePersistentUdpPortReservation",
                DeletePersistentUdpPortReservation(start_port_network_order, number_of_ports));
}

Outcome<uint64_t> LookupTcpReservation(uint16_t start_port_network_order, uint16_t number_of_ports) {
  ULONG64 token = 0;
  const ULONG status = LookupPersistentTcpPortReservation(start_port_network_order, number_of_ports, &token);
  return TokenOf("LookupPersistentTcpPortReservation", status, token);
}

Outcome<uint64_t> LookupUdpReservation(uint16_t start_port_network_order, uint16_t number_of_ports) {
  ULONG64 token = 0;
  const ULONG status = LookupPersistentUdpPortReservation(start_port_network_order, number_of_ports, &token);
  return TokenOf("LookupPersistentUdpPortReservation", status, token);
}

}  // namespace win_port_reservation

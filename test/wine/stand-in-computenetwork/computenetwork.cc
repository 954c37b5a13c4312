// SPDX-License-Identifier: MIT
// Wine has no computenetwork.dll. This one has only what lists the reservations of guests, and the model answers.
#include <winsock2.h>
#include <windows.h>
#include <computenetwork.h>

#include <cstring>

#include "../stand-in/connection.h"

// As frames.mjs encodes it.
static_assert(sizeof(HCN_PORT_RANGE_ENTRY) == 64);

extern "C" __declspec(dllexport) HRESULT WINAPI
    HcnEnumerateGuestNetworkPortReservations(ULONG* count, HCN_PORT_RANGE_ENTRY** entries) {
  // Callers must not use the values that a failure leaves in them: reading or freeing them would end the process.
  *count = 1;
  *entries = reinterpret_cast<HCN_PORT_RANGE_ENTRY*>(1);
  const auto response = stand_in::AskOnce(stand_in::Request(stand_in::Op::kGuestPortReservations));
  if (!response) return HRESULT_FROM_WIN32(ERROR_NETWORK_UNREACHABLE);
  if (response->error != 0) return static_cast<HRESULT>(response->error);
  void* const copy = HeapAlloc(GetProcessHeap(), 0, response->bytes.size());
  if (copy == nullptr) return E_OUTOFMEMORY;
  std::memcpy(copy, response->bytes.data(), response->bytes.size());
  *count = static_cast<ULONG>(response->bytes.size() / sizeof(HCN_PORT_RANGE_ENTRY));
  *entries = static_cast<HCN_PORT_RANGE_ENTRY*>(copy);
  return S_OK;
}

extern "C" __declspec(dllexport) VOID WINAPI HcnFreeGuestNetworkPortReservations(HCN_PORT_RANGE_ENTRY* entries) {
  HeapFree(GetProcessHeap(), 0, entries);
}

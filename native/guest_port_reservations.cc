// SPDX-License-Identifier: MIT
#include "guest_port_reservations.h"

#include <memory>
#include <type_traits>
#include <utility>

#include "function_of.h"
#include "windows_headers.h"

// Needs the types of windows.h. The addon uses only its declarations, because it must load on a Windows without the
// DLL.
#include <computenetwork.h>

namespace win_port_reservation {
namespace {

struct FreeModule {
  void operator()(HMODULE module) const { FreeLibrary(module); }
};
using UniqueModule = std::unique_ptr<std::remove_pointer_t<HMODULE>, FreeModule>;

using FreeEntries = decltype(&HcnFreeGuestNetworkPortReservations);
using UniqueEntries = std::unique_ptr<HCN_PORT_RANGE_ENTRY, FreeEntries>;

}  // namespace

Outcome<std::optional<std::vector<GuestPortReservation>>> ListGuestPortReservations() {
  const UniqueModule module(LoadLibraryExW(L"computenetwork.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32));
  if (!module) {
    const DWORD error_number = GetLastError();
    if (error_number != ERROR_MOD_NOT_FOUND) return CallFailure{"LoadLibraryExW", error_number};
    return std::nullopt;
  }
  const auto enumerate = FunctionOf<decltype(&HcnEnumerateGuestNetworkPortReservations)>(
      module.get(), "HcnEnumerateGuestNetworkPortReservations");
  const auto free_entries = FunctionOf<FreeEntries>(module.get(), "HcnFreeGuestNetworkPortReservations");
  if (enumerate == nullptr || free_entries == nullptr) return std::nullopt;

  ULONG count = 0;
  HCN_PORT_RANGE_ENTRY* entries = nullptr;
  const HRESULT result = enumerate(&count, &entries);
  if (FAILED(result)) {
    return CallFailure{"HcnEnumerateGuestNetworkPortReservations", static_cast<uint32_t>(result)};
  }
  // Frees the entries before the module, which contains the function that frees them.
  const UniqueEntries owned(entries, free_entries);
  std::vector<GuestPortReservation> reservations;
  reservations.reserve(count);
  for (ULONG index = 0; index < count; ++index) {
    const HCN_PORT_RANGE_ENTRY& entry = entries[index];
    reservations.push_back(
        GuestPortReservation{static_cast<uint32_t>(entry.Protocol), entry.StartingPort, entry.EndingPort});
  }
  return std::optional<std::vector<GuestPortReservation>>(std::move(reservations));
}

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_REGISTRY_H_
#define WIN_PORT_RESERVATION_REGISTRY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "outcome.h"

namespace win_port_reservation {

// Calls RegGetValueW for a REG_DWORD under HKEY_LOCAL_MACHINE, in the registry that 64-bit programs see. Returns
// nullopt where the key or the value does not exist.
Outcome<std::optional<uint32_t>> ReadRegistryNumber(const std::wstring& key, const std::wstring& value_name);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_REGISTRY_H_

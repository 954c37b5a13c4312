// SPDX-License-Identifier: MIT
#include "registry.h"

#include "windows_headers.h"

namespace win_port_reservation {

Outcome<std::optional<uint32_t>> ReadRegistryNumber(const std::wstring& key, const std::wstring& value_name) {
  constexpr DWORD kFlags = RRF_RT_REG_DWORD | RRF_SUBKEY_WOW6464KEY;
  DWORD value = 0;
  DWORD size = sizeof value;
  const LSTATUS status =
      RegGetValueW(HKEY_LOCAL_MACHINE, key.c_str(), value_name.c_str(), kFlags, nullptr, &value, &size);
  if (status == ERROR_FILE_NOT_FOUND) return std::nullopt;
  if (status != ERROR_SUCCESS) return CallFailure{"RegGetValueW", static_cast<uint32_t>(status)};
  return std::optional<uint32_t>(value);
}

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
#include "system.h"

#include "utf8.h"
#include "windows_headers.h"

// The linker defines this symbol, at the start of the DLL.
extern "C" IMAGE_DOS_HEADER __ImageBase;  // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

namespace win_port_reservation {

std::string SystemMessage(uint32_t error_number) {
  // Some texts contain inserts (%1), which must stay as they are because the caller has no arguments for them.
  wchar_t* text = nullptr;
  DWORD length = FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
                                    FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK,
                                nullptr, error_number, 0, reinterpret_cast<wchar_t*>(&text), 0, nullptr);
  if (length == 0) return std::string();
  while (length > 0 && text[length - 1] == L' ') --length;
  std::string message = ToUtf8({text, length});
  LocalFree(text);
  return message;
}

Outcome<Done> PinModule() {
  // Finds the module by its address, because the file can have any name.
  constexpr DWORD kFlags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN;
  HMODULE pinned = nullptr;
  if (GetModuleHandleExW(kFlags, reinterpret_cast<const wchar_t*>(&__ImageBase), &pinned) == FALSE) {
    return CallFailure{"GetModuleHandleExW", GetLastError()};
  }
  return Done{};
}

WinsockSession::WinsockSession() {
  WSADATA data;
  status_ = WSAStartup(MAKEWORD(2, 2), &data);
}

WinsockSession::~WinsockSession() {
  if (status_ == 0) WSACleanup();
}

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_FUNCTION_OF_H_
#define WIN_PORT_RESERVATION_FUNCTION_OF_H_

#include "windows_headers.h"

namespace win_port_reservation {

// Looks up a function of a DLL that some versions of Windows lack; returns null where this one does.
template <typename Function>
Function FunctionOf(HMODULE module, const char* name) {
  // Compilers warn of a direct cast between function types, but not of one through void (*)().
  return reinterpret_cast<Function>(reinterpret_cast<void (*)()>(GetProcAddress(module, name)));
}

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_FUNCTION_OF_H_

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_UTF8_H_
#define WIN_PORT_RESERVATION_UTF8_H_

#include <string>
#include <string_view>

namespace win_port_reservation {

// Turns UTF-16 text of Windows into UTF-8. Half of a surrogate pair, which a file name may hold, becomes U+FFFD.
std::string ToUtf8(std::wstring_view text);

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_UTF8_H_

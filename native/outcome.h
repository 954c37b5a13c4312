// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_OUTCOME_H_
#define WIN_PORT_RESERVATION_OUTCOME_H_

#include <cstdint>
#include <utility>
#include <variant>

namespace win_port_reservation {

// A Windows call that failed. `call` is the name as the documentation writes it and has static storage; `error_number`
// was read on the line after the call, on the same thread: any later call may overwrite it.
struct CallFailure {
  const char* call;
  uint32_t error_number;
};

// The result of a call, or its failure. A caller cannot read a result from a failure.
template <typename Result>
using Outcome = std::variant<Result, CallFailure>;

using Done = std::monostate;

template <typename Result>
const CallFailure* FailureOf(const Outcome<Result>& outcome) {
  return std::get_if<CallFailure>(&outcome);
}

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_OUTCOME_H_

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_JS_VALUES_H_
#define WIN_PORT_RESERVATION_JS_VALUES_H_

#include <optional>
#include <string>
#include <vector>

#include "guest_port_reservations.h"
#include "node_addon_api.h"
#include "outcome.h"
#include "port_owners.h"
#include "process_details.h"
#include "processes.h"
#include "services.h"
#include "socket_calls.h"

namespace win_port_reservation {

// Turn C++ values into the JavaScript values of the seam (src/windows/native-binding.ts and native-machine.ts).

inline Napi::Value ToJs(Napi::Env env, Done) { return env.Undefined(); }
inline Napi::Value ToJs(Napi::Env env, bool value) { return Napi::Boolean::New(env, value); }
inline Napi::Value ToJs(Napi::Env env, uint32_t number) { return Napi::Number::New(env, number); }
inline Napi::Value ToJs(Napi::Env env, uint64_t token) { return Napi::BigInt::New(env, token); }
inline Napi::Value ToJs(Napi::Env env, const std::string& text) { return Napi::String::New(env, text); }
Napi::Value ToJs(Napi::Env env, const CallFailure& failure);
Napi::Value ToJs(Napi::Env env, const PortReservation& reservation);
Napi::Value ToJs(Napi::Env env, const SocketAddress& address);
Napi::Value ToJs(Napi::Env env, const PortOwner& owner);
Napi::Value ToJs(Napi::Env env, const GuestPortReservation& reservation);
Napi::Value ToJs(Napi::Env env, const SERVICE_STATUS_PROCESS& status);
Napi::Value ToJs(Napi::Env env, const ProcessRow& row);
Napi::Value ToJs(Napi::Env env, const ProcessDetails& details);

template <typename Row>
Napi::Value ToJs(Napi::Env env, const std::vector<Row>& rows) {
  const Napi::Array array = Napi::Array::New(env, rows.size());
  for (uint32_t index = 0; index < rows.size(); ++index) {
    const Napi::HandleScope scope(env);
    // Node-API sets no element while an exception is pending, or when no JavaScript may run any more.
    if (napi_set_element(env, array, index, ToJs(env, rows[index])) != napi_ok) break;
  }
  return array;
}

template <typename Value>
Napi::Value ToJs(Napi::Env env, const std::optional<Value>& value) {
  return value ? ToJs(env, *value) : env.Undefined();
}

template <typename Result>
Napi::Value ToJs(Napi::Env env, const Outcome<Result>& outcome) {
  return std::visit([env](const auto& value) { return ToJs(env, value); }, outcome);
}

// For RunOnThreadPool.
inline constexpr auto kOutcomeToJs = [](Napi::Env env, const auto& outcome) -> napi_value {
  return ToJs(env, outcome);
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_JS_VALUES_H_

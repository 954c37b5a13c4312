// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_JS_VALUES_H_
#define WIN_PORT_RESERVATION_JS_VALUES_H_

#include "node_addon_api.h"
#include "outcome.h"
#include "socket_calls.h"

namespace win_port_reservation {

// C++ values as the JavaScript values of the seam (src/native-binding.ts).

inline Napi::Value ToJs(Napi::Env env, Done) { return env.Undefined(); }
inline Napi::Value ToJs(Napi::Env env, bool value) { return Napi::Boolean::New(env, value); }
inline Napi::Value ToJs(Napi::Env env, uint64_t token) { return Napi::BigInt::New(env, token); }
Napi::Value ToJs(Napi::Env env, const CallFailure& failure);
Napi::Value ToJs(Napi::Env env, const PortReservation& reservation);
Napi::Value ToJs(Napi::Env env, const SocketAddress& address);

template <typename Result>
Napi::Value ToJs(Napi::Env env, const Outcome<Result>& outcome) {
  return std::visit([env](const auto& value) { return ToJs(env, value); }, outcome);
}

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_JS_VALUES_H_

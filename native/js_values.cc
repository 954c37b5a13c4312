// SPDX-License-Identifier: MIT
#include "js_values.h"

namespace win_port_reservation {

Napi::Value ToJs(Napi::Env env, const CallFailure& failure) {
  const Napi::Object object = Napi::Object::New(env);
  object.Set("call", Napi::String::New(env, failure.call));
  object.Set("errorNumber", Napi::Number::New(env, failure.error_number));
  return object;
}

Napi::Value ToJs(Napi::Env env, const PortReservation& reservation) {
  const Napi::Object object = Napi::Object::New(env);
  object.Set("startPortNetworkOrder", Napi::Number::New(env, reservation.range.start_port_network_order));
  object.Set("numberOfPorts", Napi::Number::New(env, reservation.range.number_of_ports));
  object.Set("token", ToJs(env, reservation.token));
  return object;
}

Napi::Value ToJs(Napi::Env env, const SocketAddress& address) {
  const Napi::Object object = Napi::Object::New(env);
  object.Set("address", Napi::String::New(env, address.address));
  object.Set("portNetworkOrder", Napi::Number::New(env, address.port_network_order));
  return object;
}

}  // namespace win_port_reservation

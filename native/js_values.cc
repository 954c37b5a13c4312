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

Napi::Value ToJs(Napi::Env env, const PortOwner& owner) {
  const Napi::Object object = Napi::Object::New(env);
  object.Set("address", Napi::String::New(env, owner.address));
  object.Set("portNetworkOrder", Napi::Number::New(env, owner.port_network_order));
  object.Set("state", Napi::Number::New(env, owner.state));
  object.Set("processId", Napi::Number::New(env, owner.process_id));
  object.Set("imageName", Napi::String::New(env, owner.names.image_name));
  object.Set("serviceNames", ToJs(env, owner.names.service_names));
  return object;
}

Napi::Value ToJs(Napi::Env env, const GuestPortReservation& reservation) {
  const Napi::Object object = Napi::Object::New(env);
  object.Set("protocol", Napi::Number::New(env, reservation.protocol));
  object.Set("startPort", Napi::Number::New(env, reservation.start_port));
  object.Set("endPort", Napi::Number::New(env, reservation.end_port));
  return object;
}

}  // namespace win_port_reservation

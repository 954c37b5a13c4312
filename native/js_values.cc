// SPDX-License-Identifier: MIT
#include "js_values.h"

#include <initializer_list>
#include <utility>

namespace win_port_reservation {
namespace {

Napi::Value MakeObject(Napi::Env env, std::initializer_list<std::pair<const char*, Napi::Value>> properties) {
  const Napi::Object object = Napi::Object::New(env);
  for (const auto& [name, value] : properties) object.Set(name, value);
  return object;
}

}  // namespace

Napi::Value ToJs(Napi::Env env, const CallFailure& failure) {
  return MakeObject(env, {{"call", Napi::String::New(env, failure.call)},
                          {"errorNumber", Napi::Number::New(env, failure.error_number)}});
}

Napi::Value ToJs(Napi::Env env, const PortReservation& reservation) {
  const PortRange& range = reservation.range;
  return MakeObject(env, {{"startPortNetworkOrder", Napi::Number::New(env, range.start_port_network_order)},
                          {"numberOfPorts", Napi::Number::New(env, range.number_of_ports)},
                          {"token", ToJs(env, reservation.token)}});
}

Napi::Value ToJs(Napi::Env env, const SocketAddress& address) {
  return MakeObject(env, {{"address", Napi::String::New(env, address.address)},
                          {"portNetworkOrder", Napi::Number::New(env, address.port_network_order)}});
}

Napi::Value ToJs(Napi::Env env, const PortOwner& owner) {
  return MakeObject(env, {{"address", Napi::String::New(env, owner.address)},
                          {"portNetworkOrder", Napi::Number::New(env, owner.port_network_order)},
                          {"state", Napi::Number::New(env, owner.state)},
                          {"processId", Napi::Number::New(env, owner.process_id)},
                          {"imageName", Napi::String::New(env, owner.names.image_name)},
                          {"serviceNames", ToJs(env, owner.names.service_names)}});
}

Napi::Value ToJs(Napi::Env env, const GuestPortReservation& reservation) {
  return MakeObject(env, {{"protocol", Napi::Number::New(env, reservation.protocol)},
                          {"startPort", Napi::Number::New(env, reservation.start_port)},
                          {"endPort", Napi::Number::New(env, reservation.end_port)}});
}

Napi::Value ToJs(Napi::Env env, const SERVICE_STATUS_PROCESS& status) {
  return MakeObject(env, {{"state", Napi::Number::New(env, status.dwCurrentState)},
                          {"controlsAccepted", Napi::Number::New(env, status.dwControlsAccepted)},
                          {"exitCode", Napi::Number::New(env, status.dwWin32ExitCode)},
                          {"serviceExitCode", Napi::Number::New(env, status.dwServiceSpecificExitCode)},
                          {"checkPoint", Napi::Number::New(env, status.dwCheckPoint)},
                          {"waitHint", Napi::Number::New(env, status.dwWaitHint)},
                          {"processId", Napi::Number::New(env, status.dwProcessId)}});
}

Napi::Value ToJs(Napi::Env env, const ProcessRow& row) {
  return MakeObject(env, {{"processId", ToJs(env, row.process_id)},
                          {"parentProcessId", ToJs(env, row.parent_process_id)},
                          {"imageName", ToJs(env, row.image_name)}});
}

Napi::Value ToJs(Napi::Env env, const ProcessDetails& details) {
  return MakeObject(env, {{"processId", ToJs(env, details.process_id)},
                          {"createdAt", ToJs(env, details.created_at)},
                          {"executable", ToJs(env, details.executable)},
                          {"commandLine", ToJs(env, details.command_line)},
                          {"workingDirectory", ToJs(env, details.working_directory)},
                          {"userName", ToJs(env, details.user_name)}});
}

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
#include "addon_data.h"
#include "elevation.h"
#include "guest_port_reservations.h"
#include "js_arguments.h"
#include "js_values.h"
#include "machine_functions.h"
#include "native_socket.h"
#include "node_addon_api.h"
#include "persistent_reservation.h"
#include "port_owners.h"
#include "promise_worker.h"
#include "socket_calls.h"
#include "system.h"

namespace win_port_reservation {
namespace {

// Runs one of the six functions for persistent reservations on the thread pool.
template <auto kCall>
Napi::Value PersistentCall(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  const PortRange range = {reader.Uint16(info[0], "startPortNetworkOrder"), reader.Uint16(info[1], "numberOfPorts")};
  if (reader.failed()) return Napi::Value();
  return RunOnThreadPool(
      info.Env(), "win-port-reservation:persistent", [range] { return kCall(range); }, kOutcomeToJs);
}

Napi::Value Open(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  SocketRequest request = reader.Request(info[0], "request");
  if (reader.failed()) return Napi::Value();
  const int winsock_status = info.Env().GetInstanceData<AddonData>()->winsock.status();
  return RunOnThreadPool(
      info.Env(), "win-port-reservation:openSocket",
      [winsock_status, request]() -> Outcome<OpenedSocket> {
        if (winsock_status != 0) return CallFailure{"WSAStartup", static_cast<uint32_t>(winsock_status)};
        return OpenSocket(request);
      },
      [family = request.family](Napi::Env env, Outcome<OpenedSocket> outcome) -> napi_value {
        if (const CallFailure* failure = FailureOf(outcome)) return ToJs(env, *failure);
        return NativeSocket::ToJs(env, family, std::move(*std::get_if<OpenedSocket>(&outcome)));
      });
}

Napi::Value ListOwners(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  const int protocol = reader.Protocol(info[0], "protocol");
  const uint16_t port_network_order = reader.Uint16(info[1], "portNetworkOrder");
  if (reader.failed()) return Napi::Value();
  return RunOnThreadPool(
      info.Env(), "win-port-reservation:listPortOwners",
      [protocol, port_network_order] { return ListPortOwners(protocol, port_network_order); }, kOutcomeToJs);
}

Napi::Value ListGuestReservations(const Napi::CallbackInfo& info) {
  return RunOnThreadPool(info.Env(), "win-port-reservation:listGuestPortReservations", ListGuestPortReservations,
                         kOutcomeToJs);
}

Napi::Value MessageOf(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  const uint32_t error_number = reader.Uint32(info[0], "errorNumber");
  if (reader.failed()) return Napi::Value();
  return Napi::String::New(info.Env(), SystemMessage(error_number));
}

Napi::Value Elevated(const Napi::CallbackInfo& info) { return ToJs(info.Env(), IsElevated()); }

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  const Outcome<Done> pinned = PinModule();
  if (const CallFailure* failure = FailureOf(pinned)) {
    const std::string message = std::string(failure->call) + ": " + SystemMessage(failure->error_number);
    napi_throw_error(env, nullptr, message.c_str());
    return exports;
  }
  auto* const data = new AddonData();
  env.SetInstanceData(data);
  data->socket_constructor = Napi::Persistent(NativeSocket::Define(env));
  data->thread_pool = ThreadPool::Create(env);
  if (!data->thread_pool) return exports;

  const auto set = [&](const char* name, auto callback) {
    exports.Set(name, Napi::Function::New(env, callback, name));
  };
  set("createPersistentTcpPortReservation", PersistentCall<&CreateTcpReservation>);
  set("createPersistentUdpPortReservation", PersistentCall<&CreateUdpReservation>);
  set("deletePersistentTcpPortReservation", PersistentCall<&DeleteTcpReservation>);
  set("deletePersistentUdpPortReservation", PersistentCall<&DeleteUdpReservation>);
  set("lookupPersistentTcpPortReservation", PersistentCall<&LookupTcpReservation>);
  set("lookupPersistentUdpPortReservation", PersistentCall<&LookupUdpReservation>);
  set("openSocket", Open);
  set("listPortOwners", ListOwners);
  set("listGuestPortReservations", ListGuestReservations);
  set("formatMessage", MessageOf);
  set("isElevated", Elevated);
  SetMachineFunctions(exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(win_port_reservation, Init)

}  // namespace win_port_reservation

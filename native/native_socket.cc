// SPDX-License-Identifier: MIT
#include "native_socket.h"

#include <utility>

#include "addon_data.h"
#include "js_arguments.h"
#include "js_values.h"
#include "promise_worker.h"

namespace win_port_reservation {
namespace {

// Makes a promise that is settled already, for calls that never reach Windows.
Napi::Value Resolved(Napi::Env env, const CallFailure& failure) {
  // Napi::Promise::Deferred would return an arbitrary pointer when Node-API makes no promise.
  napi_deferred deferred = nullptr;
  napi_value promise = nullptr;
  if (napi_create_promise(env, &deferred, &promise) != napi_ok) return Napi::Value();
  napi_resolve_deferred(env, deferred, ToJs(env, failure));
  return Napi::Value(env, promise);
}

// Marks the objects that wrap a NativeSocket. The numbers were drawn by lot.
constexpr napi_type_tag kTypeTag = {0xE6B7A15C2D904F83, 0x9A4C70F1D35E82B6};

}  // namespace

NativeSocket::NativeSocket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeSocket>(info) {
  // An object that cannot be marked, because the environment goes away, is of no use.
  napi_type_tag_object(info.Env(), info.This(), &kTypeTag);
}

NativeSocket* NativeSocket::Unwrap(Napi::Object object) {
  const Napi::Env env = object.Env();
  bool ours = false;
  if (napi_check_object_type_tag(env, object, &kTypeTag, &ours) == napi_ok && ours) {
    return Napi::ObjectWrap<NativeSocket>::Unwrap(object);
  }
  if (!env.IsExceptionPending()) napi_throw_type_error(env, nullptr, "this must be a socket of win-port-reservation");
  return nullptr;
}

Napi::Function NativeSocket::Define(Napi::Env env) {
  return DefineClass(env, "NativeSocket",
                     {
                         InstanceMethod<&NativeSocket::Acquire>("acquirePortReservation"),
                         InstanceMethod<&NativeSocket::Associate>("associatePortReservation"),
                         InstanceMethod<&NativeSocket::Release>("releasePortReservation"),
                         InstanceMethod<&NativeSocket::Bind>("bind"),
                         InstanceMethod<&NativeSocket::Close>("close"),
                         InstanceMethod<&NativeSocket::Lend>("lend"),
                         InstanceMethod<&NativeSocket::Disown>("disown"),
                     });
}

Napi::Value NativeSocket::ToJs(Napi::Env env, int family, OpenedSocket opened) {
  using win_port_reservation::ToJs;
  const Napi::Object object = env.GetInstanceData<AddonData>()->socket_constructor.New({});
  if (object.IsEmpty()) return Napi::Value();
  // The environment may begin to go away between any two calls. Then the object exists and wraps no NativeSocket.
  NativeSocket* const socket = Unwrap(object);
  if (socket == nullptr) return Napi::Value();
  socket->socket_ = std::move(opened.socket);
  socket->family_ = family;

  const Napi::Object result = Napi::Object::New(env);
  result.Set("socket", object);
  if (opened.reservation) result.Set("reservation", ToJs(env, *opened.reservation));
  if (opened.address) result.Set("address", ToJs(env, *opened.address));
  return result;
}

uint32_t NativeSocket::Unavailable() const {
  if (busy_) return WSAEINPROGRESS;
  return socket_.valid() ? 0 : WSAENOTSOCK;
}

template <typename Run>
Napi::Value NativeSocket::RunJob(Napi::Env env, const char* call, Run run) {
  if (const uint32_t error_number = Unavailable()) return Resolved(env, CallFailure{call, error_number});
  // Set before the job is queued, because a hook of async_hooks can run then and call this socket again.
  busy_ = true;
  const Napi::Value promise = RunOnThreadPool(
      env, call,
      [socket = std::move(socket_), call_windows = std::move(run)]() mutable {
        auto outcome = call_windows(socket.get());
        return std::pair(std::move(socket), std::move(outcome));
      },
      [this](Napi::Env settle_env, auto returned) -> napi_value {
        socket_ = std::move(returned.first);
        busy_ = false;
        Unref();
        return win_port_reservation::ToJs(settle_env, returned.second);
      });
  if (promise.IsEmpty()) {
    busy_ = false;
  } else {
    Ref();
  }
  return promise;
}

Napi::Value NativeSocket::Acquire(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  const PortRange range = reader.Range(info[0], "range");
  if (reader.failed()) return Napi::Value();
  return RunJob(info.Env(), "WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)",
                [range](SOCKET socket) { return AcquirePortReservation(socket, range); });
}

Napi::Value NativeSocket::Associate(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  const uint64_t token = reader.Token(info[0], "token");
  if (reader.failed()) return Napi::Value();
  return RunJob(info.Env(), "WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)",
                [token](SOCKET socket) { return AssociatePortReservation(socket, token); });
}

Napi::Value NativeSocket::Release(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  const uint64_t token = reader.Token(info[0], "token");
  if (reader.failed()) return Napi::Value();
  return RunJob(info.Env(), "WSAIoctl(SIO_RELEASE_PORT_RESERVATION)",
                [token](SOCKET socket) { return ReleasePortReservation(socket, token); });
}

Napi::Value NativeSocket::Bind(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  BindRequest request = reader.Bind(info[0], "request");
  if (reader.failed()) return Napi::Value();
  return RunJob(info.Env(), "bind", [family = family_, bind_request = std::move(request)](SOCKET socket) {
    return BindSocket(socket, family, bind_request);
  });
}

Napi::Value NativeSocket::Close(const Napi::CallbackInfo& info) {
  if (const uint32_t error_number = Unavailable()) {
    return Resolved(info.Env(), CallFailure{"closesocket", error_number});
  }
  return RunOnThreadPool(
      info.Env(), "closesocket", [socket = std::move(socket_)]() mutable { return socket.Close(); },
      [](Napi::Env env, const Outcome<Done>& outcome) -> napi_value {
        return win_port_reservation::ToJs(env, outcome);
      });
}

Napi::Value NativeSocket::Lend(const Napi::CallbackInfo& info) {
  const double socket = Unavailable() != 0 ? -1 : static_cast<double>(socket_.get());
  return Napi::Number::New(info.Env(), socket);
}

Napi::Value NativeSocket::Disown(const Napi::CallbackInfo& info) {
  if (Unavailable() != 0) return Napi::Boolean::New(info.Env(), false);
  socket_.Release();
  return Napi::Boolean::New(info.Env(), true);
}

}  // namespace win_port_reservation

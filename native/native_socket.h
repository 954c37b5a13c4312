// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_NATIVE_SOCKET_H_
#define WIN_PORT_RESERVATION_NATIVE_SOCKET_H_

#include "node_addon_api.h"
#include "socket_calls.h"
#include "unique_socket.h"

namespace win_port_reservation {

// The JavaScript object that owns a socket. All its members belong to the JavaScript thread. A job on the thread pool
// has the socket while it runs, one job at a time, and keeps the object alive to give it back: a SOCKET that was closed
// under a job, by an environment that goes away, might be another socket by the time the job uses it.
class NativeSocket final : public Napi::ObjectWrap<NativeSocket> {
 public:
  static Napi::Function Define(Napi::Env env);

  // Makes the object {socket, reservation?, address?} for a socket just opened. Closes the socket when there is no way
  // to hand it to JavaScript any more.
  static Napi::Value ToJs(Napi::Env env, int family, OpenedSocket opened);

  // Runs for JavaScript's `new`, which gets an object without a socket.
  explicit NativeSocket(const Napi::CallbackInfo& info);

  // Hides the one of ObjectWrap, which takes whatever an object wraps for a NativeSocket, also what another addon has
  // put there. Null, with an exception, where the object is none of ours.
  static NativeSocket* Unwrap(Napi::Object object);

 private:
  Napi::Value Acquire(const Napi::CallbackInfo& info);
  Napi::Value Associate(const Napi::CallbackInfo& info);
  Napi::Value Release(const Napi::CallbackInfo& info);
  Napi::Value Bind(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);
  Napi::Value Lend(const Napi::CallbackInfo& info);
  Napi::Value Disown(const Napi::CallbackInfo& info);

  // Runs `run(SOCKET)` on the thread pool as the one job of this socket.
  template <typename Run>
  Napi::Value RunJob(Napi::Env env, const char* call, Run run);

  // Returns why no job can start now: WSAENOTSOCK, WSAEINPROGRESS, or 0 if one can.
  uint32_t Unavailable() const;

  UniqueSocket socket_;
  int family_ = AF_UNSPEC;
  bool busy_ = false;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_NATIVE_SOCKET_H_

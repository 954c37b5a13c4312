// SPDX-License-Identifier: MIT
#include "promise_worker.h"

#include "addon_data.h"

namespace win_port_reservation {
namespace {

// Throws an error that says what Node-API refused, unless an exception is pending or none can be thrown any more.
Napi::Value Refuse(Napi::Env env, const char* what) {
  if (!env.IsExceptionPending()) napi_throw_error(env, nullptr, what);
  return Napi::Value();
}

}  // namespace

Napi::Value PromiseWorker::Start(Napi::Env env, const char* name, std::unique_ptr<PromiseWorker> worker) {
  napi_value resource_name = nullptr;
  napi_value promise = nullptr;
  if (napi_create_string_latin1(env, name, NAPI_AUTO_LENGTH, &resource_name) != napi_ok ||
      napi_async_init(env, nullptr, resource_name, &worker->context_) != napi_ok) {
    return Refuse(env, "napi_async_init failed");
  }
  if (napi_create_promise(env, &worker->deferred_, &promise) != napi_ok) {
    worker->Abandon(env);
    return Refuse(env, "napi_create_promise failed");
  }
  env.GetInstanceData<AddonData>()->thread_pool->Queue(std::move(worker));
  return Napi::Value(env, promise);
}

void PromiseWorker::Complete(Napi::Env env) {
  const Napi::HandleScope handles(env);
  napi_callback_scope scope = nullptr;
  // The resource is the one of the context.
  napi_open_callback_scope(env, nullptr, context_, &scope);
  const napi_value value = Settle(env);
  // An exception may be pending although there is a value: Object.prototype can have setters that throw.
  bool threw = false;
  napi_value error = nullptr;
  if (napi_is_exception_pending(env, &threw) == napi_ok && threw) {
    if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_reject_deferred(env, deferred_, error);
  } else if (value != nullptr && napi_resolve_deferred(env, deferred_, value) == napi_pending_exception) {
    // A getter named `then` threw. The promise is rejected with the error; Node 20 would report it as uncaught as well.
    napi_get_and_clear_last_exception(env, &error);
  }
  if (scope != nullptr) napi_close_callback_scope(env, scope);
  Abandon(env);
}

}  // namespace win_port_reservation

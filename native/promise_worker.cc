// SPDX-License-Identifier: MIT
#include "promise_worker.h"

namespace win_port_reservation {
namespace {

// Throws what Node-API refused, unless an exception is under way or none can be thrown any more.
Napi::Value Refuse(Napi::Env env, const char* what) {
  if (!env.IsExceptionPending()) napi_throw_error(env, nullptr, what);
  return Napi::Value();
}

}  // namespace

Napi::Value PromiseWorker::Start(Napi::Env env, const char* name, std::unique_ptr<PromiseWorker> worker) {
  napi_value resource_name = nullptr;
  napi_value promise = nullptr;
  if (napi_create_string_latin1(env, name, NAPI_AUTO_LENGTH, &resource_name) != napi_ok ||
      napi_create_async_work(env, nullptr, resource_name, Execute, Complete, worker.get(), &worker->work_) != napi_ok) {
    return Refuse(env, "napi_create_async_work failed");
  }
  if (napi_create_promise(env, &worker->deferred_, &promise) != napi_ok ||
      napi_queue_async_work(env, worker->work_) != napi_ok) {
    napi_delete_async_work(env, worker->work_);
    return Refuse(env, "napi_queue_async_work failed");
  }
  // From here Complete deletes it.
  worker.release();
  return Napi::Value(env, promise);
}

void PromiseWorker::Execute(napi_env /* not for this thread */, void* data) {
  static_cast<PromiseWorker*>(data)->Run();
}

void PromiseWorker::Complete(napi_env env, napi_status /* never cancelled */, void* data) {
  const std::unique_ptr<PromiseWorker> worker(static_cast<PromiseWorker*>(data));
  const napi_value value = worker->Settle(env);
  // Even a complete value may come with an exception: Object.prototype can have setters that throw.
  bool threw = false;
  napi_value error = nullptr;
  if (napi_is_exception_pending(env, &threw) == napi_ok && threw) {
    if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_reject_deferred(env, worker->deferred_, error);
  } else if (value != nullptr && napi_resolve_deferred(env, worker->deferred_, value) == napi_pending_exception) {
    // From a getter named `then`. The promise is rejected with it; Node 20 would make it an uncaught exception as well.
    napi_get_and_clear_last_exception(env, &error);
  }
  napi_delete_async_work(env, worker->work_);
}

}  // namespace win_port_reservation

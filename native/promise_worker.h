// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PROMISE_WORKER_H_
#define WIN_PORT_RESERVATION_PROMISE_WORKER_H_

#include <memory>
#include <utility>

#include "job_list.h"
#include "node_addon_api.h"
#include "outcome.h"

namespace win_port_reservation {

// One job on the thread pool and the promise that it settles.
//
//   JavaScript thread   Start       makes the promise, queues the job
//   pool thread         Run         does the Windows calls; no JavaScript, no Node-API
//   JavaScript thread   Settle      turns the outcome into the value that the promise resolves to
//
// A worker thread may be terminated at any moment, and then calls of Node-API fail in Settle and Complete. That is no
// error, because no JavaScript is left to see the promise.
class PromiseWorker : public Job {
 public:
  // Takes ownership of the worker and deletes it once its promise is settled. async_hooks and traces show `name`.
  static Napi::Value Start(Napi::Env env, const char* name, std::unique_ptr<PromiseWorker> worker);

  // Settles the promise.
  void Complete(Napi::Env env);

  // Frees the async context of a job whose environment goes away.
  void Abandon(Napi::Env env) { napi_async_destroy(env, context_); }

 protected:
  virtual napi_value Settle(Napi::Env env) = 0;

 private:
  napi_async_context context_ = nullptr;
  napi_deferred deferred_ = nullptr;
};

template <typename Work, typename ToValue>
class FunctionWorker final : public PromiseWorker {
 public:
  FunctionWorker(Work work, ToValue to_value) : work_(std::move(work)), to_value_(std::move(to_value)) {}

 private:
  void Run() override { outcome_ = work_(); }
  napi_value Settle(Napi::Env env) override { return to_value_(env, std::move(outcome_)); }

  Work work_;
  ToValue to_value_;
  decltype(std::declval<Work&>()()) outcome_;
};

// Starts a PromiseWorker made of two functions: `work()` makes the outcome on the pool, and `to_value(env, outcome)`
// makes the value that the promise resolves to.
template <typename Work, typename ToValue>
Napi::Value RunOnThreadPool(Napi::Env env, const char* name, Work work, ToValue to_value) {
  return PromiseWorker::Start(env, name,
                              std::make_unique<FunctionWorker<Work, ToValue>>(std::move(work), std::move(to_value)));
}

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PROMISE_WORKER_H_

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_PROMISE_WORKER_H_
#define WIN_PORT_RESERVATION_PROMISE_WORKER_H_

#include <memory>
#include <utility>

#include "node_addon_api.h"
#include "outcome.h"

namespace win_port_reservation {

// One job on the thread pool and the promise that it settles.
//
//   JavaScript thread   Start       makes the promise, queues the job
//   pool thread         Run         does the Windows calls; no JavaScript, no Node-API
//   JavaScript thread   Settle      turns the outcome into the value that the promise resolves to
//
// While a job is under way its environment stays: Node lets queued work end before it tears an environment down, and
// then calls Complete although no JavaScript may run any more. So what Settle and Complete ask of Node-API may fail
// there, which is no error: nobody is left to see the promise.
class PromiseWorker {
 public:
  virtual ~PromiseWorker() = default;
  PromiseWorker(const PromiseWorker&) = delete;
  PromiseWorker& operator=(const PromiseWorker&) = delete;

  // Takes the worker over; it is deleted once its promise is settled. `name` is what async_hooks and traces show.
  static Napi::Value Start(Napi::Env env, const char* name, std::unique_ptr<PromiseWorker> worker);

 protected:
  PromiseWorker() = default;

  virtual void Run() = 0;
  virtual napi_value Settle(Napi::Env env) = 0;

 private:
  static void Execute(napi_env env, void* data);
  static void Complete(napi_env env, napi_status status, void* data);

  napi_async_work work_ = nullptr;
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

// A PromiseWorker out of two functions: `work()` makes the outcome on the pool, `to_value(env, outcome)` the value that
// the promise resolves to.
template <typename Work, typename ToValue>
Napi::Value RunOnThreadPool(Napi::Env env, const char* name, Work work, ToValue to_value) {
  return PromiseWorker::Start(
      env, name, std::make_unique<FunctionWorker<Work, ToValue>>(std::move(work), std::move(to_value)));
}

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_PROMISE_WORKER_H_

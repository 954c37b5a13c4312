// SPDX-License-Identifier: MIT
#include "thread_pool.h"

#include <utility>

#include "promise_worker.h"

namespace win_port_reservation {
namespace {

// How long an environment that goes away waits for calls in Windows, which may never return.
constexpr DWORD kLastWait = 5'000;

}  // namespace

std::unique_ptr<ThreadPool> ThreadPool::Create(Napi::Env env) {
  std::unique_ptr<ThreadPool> pool(new ThreadPool(env));
  napi_value name = nullptr;
  if (napi_create_string_latin1(env, "win-port-reservation", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, pool.get(), CompleteFinished,
                                      &pool->notification_) != napi_ok) {
    if (!env.IsExceptionPending()) napi_throw_error(env, nullptr, "napi_create_threadsafe_function failed");
    return nullptr;
  }
  napi_unref_threadsafe_function(env, pool->notification_);
  pool->jobs_ = new JobQueue(Notify, pool.get());
  if (!pool->jobs_->valid()) {
    pool->jobs_->Close(0);
    napi_release_threadsafe_function(pool->notification_, napi_tsfn_abort);
    napi_throw_error(env, nullptr, "Windows has no thread pool for the addon");
    return nullptr;
  }
  // Node runs hooks in reverse order: this one before the hook of the threadsafe function, which ends the function.
  napi_add_env_cleanup_hook(env, CleanUp, pool.get());
  return pool;
}

void ThreadPool::Queue(std::unique_ptr<PromiseWorker> worker) {
  if (pending_ == 0) napi_ref_threadsafe_function(env_, notification_);
  pending_ += 1;
  jobs_->Push(std::move(worker));
}

void ThreadPool::Notify(void* pool) {
  napi_call_threadsafe_function(static_cast<ThreadPool*>(pool)->notification_, nullptr, napi_tsfn_nonblocking);
}

void ThreadPool::CompleteFinished(napi_env env, napi_value, void* data, void*) {
  // Node calls without an environment only to free `data`, and there is none to free.
  if (env == nullptr) return;
  auto* const pool = static_cast<ThreadPool*>(data);
  JobList finished = pool->jobs_->TakeFinished();
  while (const std::unique_ptr<Job> job = finished.Pop()) {
    static_cast<PromiseWorker&>(*job).Complete(env);
    pool->pending_ -= 1;
  }
  if (pool->pending_ == 0) napi_unref_threadsafe_function(env, pool->notification_);
}

void ThreadPool::CleanUp(void* data) {
  auto* const pool = static_cast<ThreadPool*>(data);
  JobList rest = std::exchange(pool->jobs_, nullptr)->Close(kLastWait);
  while (const std::unique_ptr<Job> job = rest.Pop()) static_cast<PromiseWorker&>(*job).Abandon(pool->env_);
  // No thread calls the threadsafe function any more. Since 24.14 Node deletes it only after every counted user has
  // released it (nodejs/node#55877). Its own hook runs next and closes it, so a later release would find it deleted.
  napi_release_threadsafe_function(std::exchange(pool->notification_, nullptr), napi_tsfn_abort);
}

}  // namespace win_port_reservation

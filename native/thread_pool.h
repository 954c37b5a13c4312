// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_THREAD_POOL_H_
#define WIN_PORT_RESERVATION_THREAD_POOL_H_

#include <cstddef>
#include <memory>

#include "job_queue.h"
#include "node_addon_api.h"

namespace win_port_reservation {

class PromiseWorker;

// Where the jobs of one environment run, and their way back to its thread: a threadsafe function, called once for all
// the jobs that finish while the thread is busy.
//
// When the environment goes away, with its thread or the process, waiting jobs never begin. The environment waits for
// jobs that are in Windows, a few seconds at most. `process.exit` in the main thread waits for none.
class ThreadPool {
 public:
  // Returns null, with an exception pending, if Node or Windows refuses. The owner must not delete the pool before the
  // hooks of the environment ran.
  static std::unique_ptr<ThreadPool> Create(Napi::Env env);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void Queue(std::unique_ptr<PromiseWorker> worker);

 private:
  explicit ThreadPool(Napi::Env env) : env_(env) {}

  // Called on a thread of the pool.
  static void Notify(void* pool);
  static void CompleteFinished(napi_env env, napi_value function, void* pool, void* data);
  static void CleanUp(void* pool);

  const Napi::Env env_;
  napi_threadsafe_function notification_ = nullptr;
  JobQueue* jobs_ = nullptr;
  // Jobs that are queued and not completed yet. They keep the event loop alive.
  size_t pending_ = 0;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_THREAD_POOL_H_

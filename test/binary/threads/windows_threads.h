// SPDX-License-Identifier: MIT
// Stands for native/windows_headers.h on Linux, as far as the addon's threads need it: locks, the thread pool, the
// clock.
#ifndef WIN_PORT_RESERVATION_WINDOWS_HEADERS_H_
#define WIN_PORT_RESERVATION_WINDOWS_HEADERS_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#define CALLBACK
using BOOL = int;
using DWORD = uint32_t;
using ULONGLONG = unsigned long long;
constexpr BOOL TRUE = 1;
constexpr DWORD INFINITE = 0xFFFFFFFF;

struct FILETIME {
  DWORD dwLowDateTime;
  DWORD dwHighDateTime;
};
union ULARGE_INTEGER {
  struct {
    DWORD LowPart;
    DWORD HighPart;
  };
  ULONGLONG QuadPart;
};

inline ULONGLONG GetTickCount64() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<ULONGLONG>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

using SRWLOCK = std::mutex;
using CONDITION_VARIABLE = std::condition_variable;
#define SRWLOCK_INIT SRWLOCK()
#define CONDITION_VARIABLE_INIT CONDITION_VARIABLE()
inline void AcquireSRWLockExclusive(SRWLOCK* lock) { lock->lock(); }
inline void ReleaseSRWLockExclusive(SRWLOCK* lock) { lock->unlock(); }
inline void WakeConditionVariable(CONDITION_VARIABLE* condition) { condition->notify_one(); }
inline void WakeAllConditionVariable(CONDITION_VARIABLE* condition) { condition->notify_all(); }
inline BOOL SleepConditionVariableSRW(CONDITION_VARIABLE* condition, SRWLOCK* lock, DWORD milliseconds, DWORD) {
  std::unique_lock<std::mutex> held(*lock, std::adopt_lock);
  bool in_time = true;
  if (milliseconds == INFINITE) {
    condition->wait(held);
  } else {
    in_time = condition->wait_for(held, std::chrono::milliseconds(milliseconds)) == std::cv_status::no_timeout;
  }
  held.release();
  return in_time ? 1 : 0;
}

using PTP_CALLBACK_INSTANCE = void*;
struct TP_CALLBACK_ENVIRON {};
inline void InitializeThreadpoolEnvironment(TP_CALLBACK_ENVIRON*) {}
inline void SetThreadpoolCallbackRunsLong(TP_CALLBACK_ENVIRON*) {}
inline void DestroyThreadpoolEnvironment(TP_CALLBACK_ENVIRON*) {}

// Every callback has a thread of its own.
inline std::atomic<int> running_works = 0;
struct Work;
using PTP_WORK = Work*;
struct Work {
  void (*callback)(PTP_CALLBACK_INSTANCE, void*, PTP_WORK);
  void* context;
};
inline PTP_WORK CreateThreadpoolWork(decltype(Work::callback) callback, void* context, TP_CALLBACK_ENVIRON*) {
  return new Work{callback, context};
}
inline void SubmitThreadpoolWork(PTP_WORK work) {
  running_works += 1;
  std::thread([copy = *work] {
    copy.callback(nullptr, copy.context, nullptr);
    running_works -= 1;
  }).detach();
}
inline void CloseThreadpoolWork(PTP_WORK work) { delete work; }

struct Timer;
using PTP_TIMER = Timer*;
struct Timer {
  void (*callback)(PTP_CALLBACK_INSTANCE, void*, PTP_TIMER);
  void* context;
  std::mutex mutex = {};
  std::condition_variable changed = {};
  std::chrono::steady_clock::time_point due = kNever;
  bool closed = false;
  bool runs = false;
  std::thread thread = {};

  static constexpr auto kNever = std::chrono::steady_clock::time_point::max();

  void Run() {
    std::unique_lock<std::mutex> lock(mutex);
    while (!closed) {
      if (due == kNever) {
        changed.wait(lock);
      } else if (std::chrono::steady_clock::now() < due) {
        // By value, because the wait reads it without the lock.
        const auto until = due;
        changed.wait_until(lock, until);
      } else {
        due = kNever;
        runs = true;
        lock.unlock();
        callback(nullptr, context, this);
        lock.lock();
        runs = false;
        changed.notify_all();
      }
    }
  }
};
inline PTP_TIMER CreateThreadpoolTimer(decltype(Timer::callback) callback, void* context, TP_CALLBACK_ENVIRON*) {
  auto* const timer = new Timer{callback, context};
  timer->thread = std::thread(&Timer::Run, timer);
  return timer;
}
inline void SetThreadpoolTimer(PTP_TIMER timer, const FILETIME* time, DWORD, DWORD) {
  const std::lock_guard<std::mutex> lock(timer->mutex);
  timer->due = Timer::kNever;
  if (time != nullptr) {
    ULARGE_INTEGER due;
    due.LowPart = time->dwLowDateTime;
    due.HighPart = time->dwHighDateTime;
    // Negative, in steps of 100 ns.
    timer->due = std::chrono::steady_clock::now() + std::chrono::microseconds((0 - due.QuadPart) / 10);
  }
  timer->changed.notify_all();
}
// Runs in the middle of closing a queue, for tests.
inline void (*while_waiting_for_timer)() = nullptr;
inline void WaitForThreadpoolTimerCallbacks(PTP_TIMER timer, BOOL) {
  if (while_waiting_for_timer != nullptr) while_waiting_for_timer();
  std::unique_lock<std::mutex> lock(timer->mutex);
  timer->changed.wait(lock, [timer] { return !timer->runs; });
}
inline void CloseThreadpoolTimer(PTP_TIMER timer) {
  {
    const std::lock_guard<std::mutex> lock(timer->mutex);
    timer->closed = true;
    timer->changed.notify_all();
  }
  timer->thread.join();
  delete timer;
}

#endif  // WIN_PORT_RESERVATION_WINDOWS_HEADERS_H_

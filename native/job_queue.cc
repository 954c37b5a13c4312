// SPDX-License-Identifier: MIT
#include "job_queue.h"

namespace win_port_reservation {
namespace {

// In milliseconds. Windows' clock moves in steps of up to 16 ms, so the wait may be longer by as much.
constexpr ULONGLONG kPatience = 20;

// In milliseconds. Waking a lane is quicker than asking the pool for another.
constexpr DWORD kLinger = 100;

// As many as libuv's pool has threads.
constexpr int kLanes = 4;

// When this many calls are stuck, Windows itself is stuck and more threads would not help.
constexpr int kMaximalLanes = 64;

class Lock {
 public:
  explicit Lock(SRWLOCK* lock) : lock_(lock) { AcquireSRWLockExclusive(lock_); }
  ~Lock() { ReleaseSRWLockExclusive(lock_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  SRWLOCK* const lock_;
};

// Frees a lock that the thread holds, for the length of a scope.
class Unlock {
 public:
  explicit Unlock(SRWLOCK* lock) : lock_(lock) { ReleaseSRWLockExclusive(lock_); }
  ~Unlock() { AcquireSRWLockExclusive(lock_); }
  Unlock(const Unlock&) = delete;
  Unlock& operator=(const Unlock&) = delete;

 private:
  SRWLOCK* const lock_;
};

}  // namespace

JobQueue::JobQueue(Notify notify, void* context) : notify_(notify), context_(context) {
  TP_CALLBACK_ENVIRON environment;
  InitializeThreadpoolEnvironment(&environment);
  SetThreadpoolCallbackRunsLong(&environment);
  lane_ = CreateThreadpoolWork(RunLane, this, &environment);
  watch_ = CreateThreadpoolTimer(Watch, this, &environment);
  DestroyThreadpoolEnvironment(&environment);
}

void JobQueue::Push(std::unique_ptr<Job> job) {
  Start start = Start::kNothing;
  {
    const Lock lock(&lock_);
    waiting_.Push(std::move(job));
    if (coming_ + running_ == 0) start = AddLane();
    if (start == Start::kNothing && !watched_) StartWatch();
  }
  StartLane(start);
}

JobList JobQueue::TakeFinished() {
  const Lock lock(&lock_);
  return std::move(finished_);
}

JobList JobQueue::Close(DWORD milliseconds) {
  const ULONGLONG end = GetTickCount64() + milliseconds;
  AcquireSRWLockExclusive(&lock_);
  closed_ = true;
  WakeAllConditionVariable(&woken_or_closed_);
  JobList rest(std::move(waiting_));
  for (ULONGLONG now = GetTickCount64(); lanes_ > 0 && now < end; now = GetTickCount64()) {
    SleepConditionVariableSRW(&ended_, &lock_, static_cast<DWORD>(end - now), 0);
  }
  while (notifying_ > 0) SleepConditionVariableSRW(&ended_, &lock_, INFINITE, 0);
  ReleaseSRWLockExclusive(&lock_);

  if (watch_ != nullptr) {
    SetThreadpoolTimer(watch_, nullptr, 0, 0);
    WaitForThreadpoolTimerCallbacks(watch_, TRUE);
    CloseThreadpoolTimer(watch_);
  }
  // Running callbacks keep the work object alive until they return.
  if (lane_ != nullptr) CloseThreadpoolWork(lane_);

  AcquireSRWLockExclusive(&lock_);
  while (std::unique_ptr<Job> job = finished_.Pop()) rest.Push(std::move(job));
  // From here on a lane deletes what it finishes.
  left_to_last_lane_ = lanes_ > 0;
  const bool done = !left_to_last_lane_;
  ReleaseSRWLockExclusive(&lock_);
  if (done) delete this;
  return rest;
}

void CALLBACK JobQueue::RunLane(PTP_CALLBACK_INSTANCE, void* queue, PTP_WORK) {
  static_cast<JobQueue*>(queue)->RunJobs();
}

void CALLBACK JobQueue::Watch(PTP_CALLBACK_INSTANCE, void* queue, PTP_TIMER) {
  static_cast<JobQueue*>(queue)->LookAfterLanes();
}

void JobQueue::RunJobs() {
  AcquireSRWLockExclusive(&lock_);
  do {
    coming_ -= 1;
    running_ += 1;
    const unsigned generation = generation_;
    while (generation == generation_ && !waiting_.empty()) RunNext();
    if (generation != generation_) break;
    running_ -= 1;
  } while (Linger());
  lanes_ -= 1;
  if (lanes_ == 0) WakeAllConditionVariable(&ended_);
  const bool done = lanes_ == 0 && left_to_last_lane_;
  ReleaseSRWLockExclusive(&lock_);
  if (done) delete this;
}

// Runs the first waiting job. The caller holds the lock, which is free while the job runs.
void JobQueue::RunNext() {
  std::unique_ptr<Job> job = waiting_.Pop();
  if (!waiting_.empty() && !watched_) StartWatch();
  job_began_ = GetTickCount64();
  {
    const Unlock unlock(&lock_);
    job->Run();
  }
  if (left_to_last_lane_) {
    // No environment is left to take the job, and its socket need not wait for other lanes.
    const Unlock unlock(&lock_);
    job.reset();
    return;
  }
  const bool first = finished_.empty();
  finished_.Push(std::move(job));
  if (!first || closed_) return;
  notifying_ += 1;
  {
    const Unlock unlock(&lock_);
    notify_(context_);
  }
  notifying_ -= 1;
  if (closed_) WakeAllConditionVariable(&ended_);
}

// Waits for another job and returns whether one came. The caller holds the lock, which is free while the lane waits.
bool JobQueue::Linger() {
  lingering_ += 1;
  BOOL in_time = TRUE;
  while (in_time && woken_ == 0 && !closed_) {
    in_time = SleepConditionVariableSRW(&woken_or_closed_, &lock_, kLinger, 0);
  }
  lingering_ -= 1;
  if (woken_ == 0) return false;
  woken_ -= 1;
  return true;
}

void JobQueue::LookAfterLanes() {
  Start start = Start::kNothing;
  {
    const Lock lock(&lock_);
    watched_ = false;
    if (waiting_.empty()) return;
    if (GetTickCount64() - job_began_ >= kPatience) {
      generation_ += 1;
      running_ = 0;
    }
    if (coming_ + running_ < kLanes) start = AddLane();
    StartWatch();
  }
  StartLane(start);
}

JobQueue::Start JobQueue::AddLane() {
  const bool lingers = lingering_ > woken_;
  if (!lingers && lanes_ == kMaximalLanes) return Start::kNothing;
  coming_ += 1;
  (lingers ? woken_ : lanes_) += 1;
  // The pool may take long to run it; the watch must not count that time against the jobs.
  job_began_ = GetTickCount64();
  return lingers ? Start::kWake : Start::kSubmit;
}

// Called without the lock, because a lane takes the lock first.
void JobQueue::StartLane(Start start) {
  if (start == Start::kWake) WakeConditionVariable(&woken_or_closed_);
  if (start == Start::kSubmit) SubmitThreadpoolWork(lane_);
}

void JobQueue::StartWatch() {
  watched_ = true;
  // A negative time counts from now, in steps of 100 ns.
  ULARGE_INTEGER due;
  due.QuadPart = 0 - kPatience * 10'000;
  FILETIME time = {due.LowPart, due.HighPart};
  SetThreadpoolTimer(watch_, &time, 0, 0);
}

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_JOB_QUEUE_H_
#define WIN_PORT_RESERVATION_JOB_QUEUE_H_

#include <memory>

#include "job_list.h"
#include "windows_headers.h"

namespace win_port_reservation {

// Runs the jobs of one environment on the thread pool of Windows. They take no thread of libuv's pool, which the file
// system, DNS and crypto calls of the whole program share.
//
// A lane is one callback of the pool. It runs the waiting jobs one after the other, so any number of quick jobs costs
// one change of threads. Then it lingers for kLinger, in case another job comes.
//
// While jobs wait, the watch looks at the lanes every kPatience and adds one lane, up to kLanes. If no job began since
// the last look, the watch counts all running lanes as stuck and lets new lanes take their place. A stuck lane ends
// with its job. So a job that stays in Windows delays others once, by kPatience.
//
//   thread of the environment    Push, TakeFinished, Close
//   threads of Windows' pool     RunLane, Watch, the notification
class JobQueue {
 public:
  // Tells the environment that it can take finished jobs; called once for all that finish before they are taken. It
  // must not call the queue.
  using Notify = void (*)(void* context);

  JobQueue(Notify notify, void* context);
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  // Returns whether Windows had the resources for the queue. If not, Close is the only call allowed.
  bool valid() const { return lane_ != nullptr && watch_ != nullptr; }

  void Push(std::unique_ptr<Job> job);
  JobList TakeFinished();

  // Ends the queue; the caller must not use it afterwards. Waits for the jobs that have begun, at most that long, and
  // returns all jobs that were not taken, begun or not. No notification comes afterwards.
  //
  // A job that is still in Windows is deleted when its call returns, and the queue with it.
  JobList Close(DWORD milliseconds);

 private:
  ~JobQueue() = default;

  static void CALLBACK RunLane(PTP_CALLBACK_INSTANCE instance, void* queue, PTP_WORK lane);
  static void CALLBACK Watch(PTP_CALLBACK_INSTANCE instance, void* queue, PTP_TIMER watch);

  void RunJobs();
  void RunNext();
  bool Linger();
  void LookAfterLanes();
  // How an added lane is started.
  enum class Start { kNothing, kWake, kSubmit };
  Start AddLane();
  void StartLane(Start start);
  void StartWatch();

  const Notify notify_;
  void* const context_;
  PTP_WORK lane_ = nullptr;
  PTP_TIMER watch_ = nullptr;

  // Guards all members below.
  SRWLOCK lock_ = SRWLOCK_INIT;
  CONDITION_VARIABLE woken_or_closed_ = CONDITION_VARIABLE_INIT;
  CONDITION_VARIABLE ended_ = CONDITION_VARIABLE_INIT;
  JobList waiting_;
  JobList finished_;
  // Lanes that exist: coming, running, lingering or stuck.
  int lanes_ = 0;
  // Lanes that were submitted or woken and have not begun to run jobs yet.
  int coming_ = 0;
  // Lanes that run jobs and are not stuck.
  int running_ = 0;
  // Lanes that wait for another job.
  int lingering_ = 0;
  // Lingering lanes that were asked to run jobs and have not noticed yet.
  int woken_ = 0;
  // Counts how often the running lanes were found stuck. A lane is stuck when this is no longer what it began with.
  unsigned generation_ = 0;
  // When the last job began or the last lane was added, in milliseconds since the system started.
  ULONGLONG job_began_ = 0;
  // Lanes that are inside the notification, which Close waits for.
  int notifying_ = 0;
  // The watch is set and has not looked yet.
  bool watched_ = false;
  // Close has begun: lanes stop lingering and no longer notify.
  bool closed_ = false;
  // Close gave up waiting: the last lane to end deletes the queue.
  bool left_to_last_lane_ = false;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_JOB_QUEUE_H_

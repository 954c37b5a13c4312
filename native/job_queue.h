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
// A lane is one callback of the pool. It runs the waiting jobs one after the other, so that any number of quick jobs cost
// one change of threads, and then stays for kLinger, in case there is more. As long as jobs wait, the queue is looked
// after every kPatience. Then one more lane runs, up to kLanes; and where no job began since, all that run count as stuck,
// and others take their place. A stuck lane ends with its job. So a job that stays in Windows delays others once, by
// kPatience.
//
//   thread of the environment    Push, TakeFinished, Close
//   threads of Windows' pool     RunLane, Watch, the notification
class JobQueue {
 public:
  // Says that there are finished jobs to take; once for all that finish before they are taken. It must not call the
  // queue.
  using Notify = void (*)(void* context);

  JobQueue(Notify notify, void* context);
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  // Whether Windows had the resources for it. If not, all it can do is Close.
  bool valid() const { return lane_ != nullptr && watch_ != nullptr; }

  void Push(std::unique_ptr<Job> job);
  JobList TakeFinished();

  // Ends the queue, which nobody may use any more. Waits for the jobs that have begun, but no longer than that, and
  // returns all that were not taken, begun or not. No notification comes afterwards.
  //
  // A job that is still in Windows then is deleted when it comes back, and the queue with it.
  JobList Close(DWORD milliseconds);

 private:
  ~JobQueue() = default;

  static void CALLBACK RunLane(PTP_CALLBACK_INSTANCE instance, void* queue, PTP_WORK lane);
  static void CALLBACK Watch(PTP_CALLBACK_INSTANCE instance, void* queue, PTP_TIMER watch);

  void RunJobs();
  void RunNext();
  bool Linger();
  void LookAfterLanes();
  // How a lane that was added gets to know of it.
  enum class Start { kNothing, kWake, kSubmit };
  Start AddLane();
  void StartLane(Start start);
  void StartWatch();

  const Notify notify_;
  void* const context_;
  PTP_WORK lane_ = nullptr;
  PTP_TIMER watch_ = nullptr;

  // Guards what follows.
  SRWLOCK lock_ = SRWLOCK_INIT;
  CONDITION_VARIABLE woken_or_closed_ = CONDITION_VARIABLE_INIT;
  CONDITION_VARIABLE ended_ = CONDITION_VARIABLE_INIT;
  JobList waiting_;
  JobList finished_;
  // All, and of them those that were asked to run jobs and are yet to come, those that run jobs and are not stuck, and
  // those that linger, `woken_` of which were asked. A lane that runs is of the generation in which it began to, and stuck
  // when that is over.
  int lanes_ = 0;
  int coming_ = 0;
  int running_ = 0;
  int lingering_ = 0;
  int woken_ = 0;
  unsigned generation_ = 0;
  // When the last job began, in milliseconds since the system started.
  ULONGLONG job_began_ = 0;
  int notifying_ = 0;
  bool watched_ = false;
  bool closed_ = false;
  bool left_to_last_lane_ = false;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_JOB_QUEUE_H_

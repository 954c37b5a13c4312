// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_JOB_LIST_H_
#define WIN_PORT_RESERVATION_JOB_LIST_H_

#include <memory>
#include <utility>

namespace win_port_reservation {

// Work for another thread. Any thread may delete it, begun or not.
class Job {
 public:
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  virtual void Run() = 0;

 protected:
  Job() = default;

 private:
  friend class JobList;
  std::unique_ptr<Job> next_;
};

// A queue of jobs, first in, first out.
class JobList {
 public:
  JobList() = default;
  JobList(JobList&& other) : first_(std::move(other.first_)), last_(std::exchange(other.last_, nullptr)) {}
  JobList(const JobList&) = delete;
  JobList& operator=(const JobList&) = delete;
  // Deletes one job at a time: deleting the first would delete the rest recursively, as deep as the list is long.
  ~JobList() {
    while (Pop()) continue;
  }

  bool empty() const { return first_ == nullptr; }

  void Push(std::unique_ptr<Job> job) {
    Job* const last = job.get();
    (empty() ? first_ : last_->next_) = std::move(job);
    last_ = last;
  }

  // Returns null when the list is empty.
  std::unique_ptr<Job> Pop() {
    std::unique_ptr<Job> job = std::move(first_);
    if (job) first_ = std::move(job->next_);
    return job;
  }

 private:
  std::unique_ptr<Job> first_;
  Job* last_ = nullptr;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_JOB_LIST_H_

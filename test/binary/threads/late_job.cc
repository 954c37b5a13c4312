// SPDX-License-Identifier: MIT
// Closes a queue whose last job finishes when the wait for it is over and the queue is not left to its lane yet. The
// job must be handed back: only the thread of the environment can free what Node has for it.
#include <atomic>
#include <cstdio>

#include "../../../native/job_queue.h"

namespace {

using win_port_reservation::Job;
using win_port_reservation::JobQueue;

std::atomic<bool> begun = false;
std::atomic<bool> may_end = false;

class LateJob : public Job {
 public:
  void Run() override {
    begun = true;
    while (!may_end) std::this_thread::yield();
  }
};

}  // namespace

int main() {
  auto* const queue = new JobQueue([](void*) {}, nullptr);
  queue->Push(std::make_unique<LateJob>());
  while (!begun) std::this_thread::yield();
  while_waiting_for_timer = [] {
    may_end = true;
    while (running_works > 0) std::this_thread::yield();
  };
  auto rest = queue->Close(0);
  int jobs = 0;
  while (rest.Pop()) jobs += 1;
  std::printf("%d", jobs);
}

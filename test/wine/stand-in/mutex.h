// SPDX-License-Identifier: MIT
#pragma once

#include <winsock2.h>

#include <mutex>

namespace stand_in {

// For std::lock_guard. Unlike MinGW's std::mutex it has no handle, which would come when two threads first meet at it
// and be taken for one that the addon lost.
class Mutex {
 public:
  void lock() { AcquireSRWLockExclusive(&lock_); }
  void unlock() { ReleaseSRWLockExclusive(&lock_); }

 private:
  SRWLOCK lock_ = SRWLOCK_INIT;
};

}  // namespace stand_in

// SPDX-License-Identifier: MIT
#pragma once

#include "answers.h"

namespace bench {

// One job for the thread pool: what a call of the addon does there, and nothing around it.
struct Call {
  SOCKET socket = INVALID_SOCKET;
  ULONG64 token = 0;
  ULONG status = 0;
};

using Run = void (*)(Call& call);

// The function of a name; null when there is none.
Run FindRun(const char* which);

}  // namespace bench

// SPDX-License-Identifier: MIT
#pragma once

#include <winsock2.h>
#include <psapi.h>

#include <cstdint>

namespace stand_in {

// Counts the memory of this process that no file backs. The rest, which rss counts too, grows with each page of code
// that runs for the first time.
inline std::int64_t PrivateBytes() {
  PROCESS_MEMORY_COUNTERS counters = {};
  GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
  return static_cast<std::int64_t>(counters.PagefileUsage);
}

}  // namespace stand_in

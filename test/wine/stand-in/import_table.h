// SPDX-License-Identifier: MIT
#pragma once

#include <winsock2.h>

#include <vector>

namespace stand_in {

struct Replacement {
  const char* library;
  const char* name;
  void* function;
};

template <typename Function>
void* Address(Function* function) {
  return reinterpret_cast<void*>(function);
}

// Points every import of `module` that one of the replacements names at the replacement's function. An import counts
// as named when it says so itself, or when it was resolved to that function's address: imports by ordinal have no
// name, and a function that the system lacks has no address. Patching twice is harmless.
void PatchImports(HMODULE module, const std::vector<Replacement>& replacements);

}  // namespace stand_in

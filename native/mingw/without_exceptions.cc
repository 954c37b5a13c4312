// SPDX-License-Identifier: MIT
//
// Only for the cross-builds: the few functions of the C++ runtime that the addon needs and whose versions in libstdc++
// throw; for arm64, where there are only the headers of libc++, also what those leave to its library. Nothing here
// catches, so a throw could only end the process; ending it directly keeps the unwinder, the demangler and stdio, over
// 100 KB of them, out of the binary.
#include <cstdlib>
#include <new>
#include <string>

void* operator new(std::size_t size) {
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

extern "C" [[noreturn]] void __cxa_pure_virtual() { std::abort(); }

#ifdef _LIBCPP_VERSION

#include <cstdio>

template class std::basic_string<char>;
template class std::basic_string<wchar_t>;

_LIBCPP_BEGIN_NAMESPACE_STD
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) { abort(); }

string to_string(unsigned long number) {
  char digits[16];
  return string(digits, static_cast<size_t>(std::snprintf(digits, sizeof digits, "%lu", number)));
}
_LIBCPP_END_NAMESPACE_STD

#else

namespace std {
[[noreturn]] void __throw_length_error(const char*) { abort(); }
[[noreturn]] void __throw_logic_error(const char*) { abort(); }
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...) { abort(); }
[[noreturn]] void __throw_bad_alloc() { abort(); }
[[noreturn]] void __throw_bad_array_new_length() { abort(); }
[[noreturn]] void __throw_bad_function_call() { abort(); }
[[noreturn]] void __glibcxx_assert_fail(const char*, int, const char*, const char*) { abort(); }
}  // namespace std

#endif

#ifdef __aarch64__
// Touches each page of a large stack frame in turn, as Windows' guard page requires; x15 has the size, in units of 16
// bytes.
extern "C" __attribute__((naked)) void __chkstk() {
  __asm__(
      "lsl x16, x15, #4\n"
      "mov x17, sp\n"
      "1: sub x17, x17, #4096\n"
      "subs x16, x16, #4096\n"
      "ldr xzr, [x17]\n"
      "b.gt 1b\n"
      "ret");
}
#endif

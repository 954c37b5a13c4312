// SPDX-License-Identifier: MIT
#include "process_parameters.h"

#include <cstddef>
#include <optional>
#include <vector>

#include "function_of.h"

// Needs the types of windows.h.
#include <winternl.h>

namespace win_port_reservation {
namespace {

// winternl.h lacks the second.
constexpr ULONG kProcessBasicInformation = 0;
constexpr ULONG kProcessCommandLineInformation = 60;

// The longest text of a UNICODE_STRING.
constexpr size_t kMaximalTextSize = 0xFFFE;

// RTL_USER_PROCESS_PARAMETERS with the working directory, which winternl.h counts among the reserved bytes.
struct ProcessParameters {
  ULONG maximal_length;
  ULONG length;
  ULONG flags;
  ULONG debug_flags;
  HANDLE console;
  ULONG console_flags;
  HANDLE standard_handles[3];
  UNICODE_STRING working_directory;
  HANDLE working_directory_handle;
  UNICODE_STRING dll_path;
  UNICODE_STRING image_path_name;
  UNICODE_STRING command_line;
};
static_assert(offsetof(ProcessParameters, image_path_name) == offsetof(RTL_USER_PROCESS_PARAMETERS, ImagePathName));
static_assert(offsetof(ProcessParameters, command_line) == offsetof(RTL_USER_PROCESS_PARAMETERS, CommandLine));

// Calls NtQueryInformationProcess, which no import library of every compiler has.
bool Query(HANDLE process, ULONG information_class, void* buffer, size_t size) {
  using Function = NTSTATUS(NTAPI*)(HANDLE, ULONG, void*, ULONG, ULONG*);
  const auto query = FunctionOf<Function>(GetModuleHandleW(L"ntdll.dll"), "NtQueryInformationProcess");
  return query != nullptr && query(process, information_class, buffer, static_cast<ULONG>(size), nullptr) >= 0;
}

bool ReadMemory(HANDLE process, const void* address, void* buffer, size_t size) {
  SIZE_T read = 0;
  return ReadProcessMemory(process, address, buffer, size, &read) != FALSE && read == size;
}

// A 32-bit process cannot reach the memory of a 64-bit one. A 64-bit process reaches all: a 32-bit one has its
// parameters twice.
bool CanReach(HANDLE process) {
  if constexpr (sizeof(void*) == 8) return true;
  BOOL this_one = FALSE;
  BOOL other = FALSE;
  IsWow64Process(GetCurrentProcess(), &this_one);
  IsWow64Process(process, &other);
  return this_one == other;
}

std::optional<ProcessParameters> ParametersOf(HANDLE process) {
  PROCESS_BASIC_INFORMATION basic = {};
  PEB environment = {};
  ProcessParameters parameters = {};
  // The process may change all of it meanwhile, so nothing here is trusted: a wrong address reads nothing.
  const bool read = CanReach(process) && Query(process, kProcessBasicInformation, &basic, sizeof basic) &&
                    ReadMemory(process, basic.PebBaseAddress, &environment, sizeof environment) &&
                    ReadMemory(process, environment.ProcessParameters, &parameters, sizeof parameters);
  if (!read) return std::nullopt;
  return parameters;
}

std::wstring ReadText(HANDLE process, const UNICODE_STRING& text) {
  std::wstring copy(text.Length / sizeof(wchar_t), L'\0');
  return ReadMemory(process, text.Buffer, copy.data(), copy.size() * sizeof(wchar_t)) ? copy : std::wstring();
}

}  // namespace

std::wstring CommandLineOf(HANDLE process) {
  // Windows puts the text behind the UNICODE_STRING that points to it.
  std::vector<std::byte> buffer(sizeof(UNICODE_STRING) + kMaximalTextSize);
  if (Query(process, kProcessCommandLineInformation, buffer.data(), buffer.size())) {
    const auto* const text = reinterpret_cast<const UNICODE_STRING*>(buffer.data());
    return text->Length == 0 ? std::wstring() : std::wstring(text->Buffer, text->Length / sizeof(wchar_t));
  }
  const std::optional<ProcessParameters> parameters = ParametersOf(process);
  return parameters ? ReadText(process, parameters->command_line) : std::wstring();
}

std::wstring WorkingDirectoryOf(HANDLE process) {
  const std::optional<ProcessParameters> parameters = ParametersOf(process);
  return parameters ? ReadText(process, parameters->working_directory) : std::wstring();
}

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
// Wine's netsh knows none of the commands for ports. This one has the model carry them out, and prints what it says.
#include <winsock2.h>

#include <string>

#include "../stand-in/connection.h"

namespace stand_in {
namespace {

constexpr int kFailed = 1;

// A redirected netsh writes the OEM code page.
void Print(const std::wstring& text) {
  const int length = static_cast<int>(text.size());
  const int size = WideCharToMultiByte(CP_OEMCP, 0, text.data(), length, nullptr, 0, nullptr, nullptr);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  WideCharToMultiByte(CP_OEMCP, 0, text.data(), length, bytes.data(), size, nullptr, nullptr);
  DWORD written = 0;
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr);
}

std::wstring FromUtf8(const std::string& bytes) {
  const int length = static_cast<int>(bytes.size());
  std::wstring text(static_cast<std::size_t>(MultiByteToWideChar(CP_UTF8, 0, bytes.data(), length, nullptr, 0)), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, bytes.data(), length, text.data(), static_cast<int>(text.size()));
  return text;
}

std::string ToUtf8(const wchar_t* text) {
  const int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes.data(), size, nullptr, nullptr);
  bytes.pop_back();
  return bytes;
}

std::wstring SystemMessage(DWORD error) {
  wchar_t text[1024];
  const DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
  const DWORD length = FormatMessageW(flags, nullptr, error, 0, text, sizeof text / sizeof *text, nullptr);
  return std::wstring(text, length);
}

int Run(int count, wchar_t** arguments) {
  std::string joined;
  for (int index = 1; index < count; index++) {
    if (index > 1) joined += '\0';
    joined += ToUtf8(arguments[index]);
  }
  const auto response = AskOnce(Request(Op::kNetsh).AddBytes(joined.data(), joined.size()));
  if (!response) {
    Print(L"The model of Windows does not answer; WPR_MACHINE_PORT says where it is.\r\n");
    return kFailed;
  }
  if (response->bytes.empty() && response->error != 0) {
    // As netsh does: the system's words for the error, and 1 whatever the number.
    Print(L"\r\n" + SystemMessage(response->error) + L"\r\n");
    return kFailed;
  }
  Print(FromUtf8(response->bytes));
  return static_cast<int>(response->error);
}

}  // namespace
}  // namespace stand_in

int wmain(int count, wchar_t** arguments) { return stand_in::Run(count, arguments); }

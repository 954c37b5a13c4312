// SPDX-License-Identifier: MIT
#include "process_details.h"

#include <array>
#include <map>

#include "process_parameters.h"
#include "processes.h"
#include "unique_handle.h"
#include "utf8.h"
#include "windows_headers.h"

namespace win_port_reservation {
namespace {

// The longest path that Windows has.
constexpr DWORD kMaximalPath = 32'767;

// Longer than the name of a user (256) and of a domain (255) can be.
constexpr DWORD kMaximalName = 260;

using UserNames = std::map<std::string, std::string>;

std::string ExecutableOf(HANDLE process) {
  std::wstring path(kMaximalPath, L'\0');
  DWORD length = kMaximalPath;
  if (QueryFullProcessImageNameW(process, 0, path.data(), &length) == FALSE) return std::string();
  return ToUtf8({path.data(), length});
}

std::string AccountName(PSID sid) {
  std::array<wchar_t, kMaximalName> name;
  std::array<wchar_t, kMaximalName> domain;
  DWORD name_length = kMaximalName;
  DWORD domain_length = kMaximalName;
  SID_NAME_USE use = SidTypeUnknown;
  if (LookupAccountSidW(nullptr, sid, name.data(), &name_length, domain.data(), &domain_length, &use) == FALSE) {
    return std::string();
  }
  const std::string user = ToUtf8({name.data(), name_length});
  return domain_length == 0 ? user : ToUtf8({domain.data(), domain_length}) + '\\' + user;
}

std::string UserNameOf(HANDLE process, UserNames& known) {
  HANDLE opened = nullptr;
  if (OpenProcessToken(process, TOKEN_QUERY, &opened) == FALSE) return std::string();
  const UniqueHandle token(opened);
  struct {
    TOKEN_USER user;
    BYTE sid[SECURITY_MAX_SID_SIZE];
  } answer = {};
  DWORD size = sizeof answer;
  if (GetTokenInformation(token.get(), TokenUser, &answer, size, &size) == FALSE) return std::string();
  const PSID sid = answer.user.User.Sid;
  const auto [user, is_new] = known.try_emplace(std::string(static_cast<const char*>(sid), GetLengthSid(sid)));
  if (is_new) user->second = AccountName(sid);
  return user->second;
}

ProcessDetails Describe(uint32_t process_id, UserNames& known) {
  ProcessDetails details;
  details.process_id = process_id;
  // Windows lets fewer callers read the memory of a process than ask about it.
  Outcome<UniqueHandle> opened = OpenRunningProcess(process_id, PROCESS_VM_READ);
  if (FailureOf(opened) != nullptr) opened = OpenRunningProcess(process_id, 0);
  if (FailureOf(opened) != nullptr) return details;
  const HANDLE process = std::get_if<UniqueHandle>(&opened)->get();
  const Outcome<uint64_t> creation_time = CreationTimeOf(process);
  if (const auto* const time = std::get_if<uint64_t>(&creation_time)) details.created_at = *time;
  details.executable = ExecutableOf(process);
  details.command_line = ToUtf8(CommandLineOf(process));
  details.working_directory = ToUtf8(WorkingDirectoryOf(process));
  details.user_name = UserNameOf(process, known);
  return details;
}

}  // namespace

std::vector<ProcessDetails> DescribeProcesses(const std::vector<uint32_t>& process_ids) {
  UserNames known;
  std::vector<ProcessDetails> processes;
  processes.reserve(process_ids.size());
  for (const uint32_t process_id : process_ids) processes.push_back(Describe(process_id, known));
  return processes;
}

}  // namespace win_port_reservation

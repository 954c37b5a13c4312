// SPDX-License-Identifier: MIT
#include "calls.h"

#include <ws2tcpip.h>
#include <mstcpip.h>

// Needs the types of winsock2.h.
#include <iphlpapi.h>

#include <cstring>
#include <vector>

namespace bench {
namespace {

// Through pointers that the compiler cannot see through: a call that it put in place would be none.
ULONG(WINAPI* volatile token_call)(USHORT, USHORT, ULONG64*) = AnswerToken;
ULONG(WINAPI* volatile done_call)(USHORT, USHORT) = AnswerDone;
decltype(&AnswerIoctl) volatile ioctl_call = AnswerIoctl;

void Token(Call& call) { call.status = token_call(htons(5000), 1, &call.token); }
void Done(Call& call) { call.status = done_call(htons(5000), 1); }

void Acquire(Call& call) {
  INET_PORT_RANGE input = {};
  input.NumberOfPorts = 1;
  INET_PORT_RESERVATION_INSTANCE output = {};
  DWORD written = 0;
  call.status = static_cast<ULONG>(ioctl_call(call.socket, SIO_ACQUIRE_PORT_RESERVATION, &input, sizeof input, &output,
                                              sizeof output, &written, nullptr, nullptr));
  call.token = output.Token.Token;
}

void TokenIoctl(Call& call, DWORD code) {
  INET_PORT_RESERVATION_TOKEN input = {};
  input.Token = call.token;
  DWORD written = 0;
  call.status =
      static_cast<ULONG>(ioctl_call(call.socket, code, &input, sizeof input, nullptr, 0, &written, nullptr, nullptr));
}

void Associate(Call& call) { TokenIoctl(call, SIO_ASSOCIATE_PORT_RESERVATION); }
void Release(Call& call) { TokenIoctl(call, SIO_RELEASE_PORT_RESERVATION); }

void OpenOf(Call& call, int family) {
  call.socket =
      WSASocketW(family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  if (call.socket == INVALID_SOCKET) call.status = static_cast<ULONG>(WSAGetLastError());
}

void Open(Call& call) { OpenOf(call, AF_INET); }

void Close(Call& call) { call.status = static_cast<ULONG>(closesocket(call.socket)); }

// A runtime reservation has an IPv6 socket that takes IPv4 too.
void OpenAcquired(Call& call) {
  OpenOf(call, AF_INET6);
  if (call.status != 0) return;
  const DWORD only_ipv6 = 0;
  setsockopt(call.socket, IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char*>(&only_ipv6), sizeof only_ipv6);
  Acquire(call);
}

void Bind(Call& call) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int size = sizeof address;
  const bool bound = bind(call.socket, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     getsockname(call.socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!bound) call.status = static_cast<ULONG>(WSAGetLastError());
}

// The sockets of TCP on a port: the tables of both families, read and looked through.
template <typename Table>
void CountOwners(Call& call, ULONG family, std::vector<char>& buffer) {
  DWORD size = 80 * 1024;
  buffer.resize(size);
  call.status = GetExtendedTcpTable(buffer.data(), &size, TRUE, family, TCP_TABLE_OWNER_PID_ALL, 0);
  if (call.status != NO_ERROR) return;
  const auto* const table = reinterpret_cast<const Table*>(buffer.data());
  for (DWORD index = 0; index < table->dwNumEntries; index++) {
    if (static_cast<USHORT>(table->table[index].dwLocalPort) == htons(1)) call.token++;
  }
}

void Owners(Call& call) {
  std::vector<char> buffer;
  CountOwners<MIB_TCPTABLE_OWNER_PID>(call, AF_INET, buffer);
  CountOwners<MIB_TCP6TABLE_OWNER_PID>(call, AF_INET6, buffer);
}

// Stands in for the work of other code on the thread pool.
void Probe(Call&) { Sleep(20); }

void AcquireRelease(Call& call) {
  Acquire(call);
  if (call.status == 0) Release(call);
}

void OpenClose(Call& call) {
  Open(call);
  if (call.status == 0) Close(call);
}

void OpenBindClose(Call& call) {
  Open(call);
  if (call.status != 0) return;
  Associate(call);
  Bind(call);
  Close(call);
}

void OpenAcquireClose(Call& call) {
  OpenAcquired(call);
  if (call.status == 0) Close(call);
}

struct Row {
  const char* which;
  Run run;
};

constexpr Row kRows[] = {
    {"token", Token},
    {"done", Done},
    {"acquire", Acquire},
    {"associate", Associate},
    {"release", Release},
    {"open", Open},
    {"openAcquired", OpenAcquired},
    {"bind", Bind},
    {"close", Close},
    {"acquireRelease", AcquireRelease},
    {"openClose", OpenClose},
    {"openBindClose", OpenBindClose},
    {"openAcquireClose", OpenAcquireClose},
    {"owners", Owners},
    {"probe", Probe},
};

}  // namespace

Run FindRun(const char* which) {
  for (const Row& row : kRows) {
    if (std::strcmp(row.which, which) == 0) return row.run;
  }
  return nullptr;
}

}  // namespace bench

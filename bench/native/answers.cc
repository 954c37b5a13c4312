// SPDX-License-Identifier: MIT
#include "answers.h"

#include <mstcpip.h>

#include <cstring>

namespace bench {
namespace {

constexpr ULONG64 kToken = 0x0123456789abcdef;

volatile LONG delay_milliseconds = 0;
void Work() {
  if (delay_milliseconds != 0) Sleep(static_cast<DWORD>(delay_milliseconds));
}

template <typename Function>
void* Address(Function* function) {
  return reinterpret_cast<void*>(function);
}

}  // namespace

void SetDelay(DWORD milliseconds) { InterlockedExchange(&delay_milliseconds, static_cast<LONG>(milliseconds)); }

std::vector<stand_in::Replacement> Answers() {
  return {
      {"iphlpapi.dll", "CreatePersistentTcpPortReservation", Address(AnswerToken)},
      {"iphlpapi.dll", "CreatePersistentUdpPortReservation", Address(AnswerToken)},
      {"iphlpapi.dll", "DeletePersistentTcpPortReservation", Address(AnswerDone)},
      {"iphlpapi.dll", "DeletePersistentUdpPortReservation", Address(AnswerDone)},
      {"iphlpapi.dll", "LookupPersistentTcpPortReservation", Address(AnswerToken)},
      {"iphlpapi.dll", "LookupPersistentUdpPortReservation", Address(AnswerToken)},
      {"ws2_32.dll", "WSAIoctl", Address(AnswerIoctl)},
  };
}

}  // namespace bench

ULONG WINAPI AnswerToken(USHORT, USHORT, ULONG64* token) {
  bench::Work();
  *token = bench::kToken;
  return NO_ERROR;
}

ULONG WINAPI AnswerDone(USHORT, USHORT) {
  bench::Work();
  return NO_ERROR;
}

int WINAPI AnswerIoctl(SOCKET socket, DWORD code, void* input, DWORD input_size, void* output, DWORD output_size,
                       DWORD* returned, WSAOVERLAPPED* overlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE completion_routine) {
  switch (code) {
    case SIO_ACQUIRE_PORT_RESERVATION: {
      bench::Work();
      INET_PORT_RESERVATION_INSTANCE instance = {};
      std::memcpy(&instance.Reservation, input, sizeof instance.Reservation);
      // Where the place is left to Windows, one that it might choose.
      if (instance.Reservation.StartPort == 0) instance.Reservation.StartPort = htons(50000);
      instance.Token.Token = bench::kToken;
      std::memcpy(output, &instance, sizeof instance);
      *returned = sizeof instance;
      return 0;
    }
    case SIO_ASSOCIATE_PORT_RESERVATION:
    case SIO_RELEASE_PORT_RESERVATION:
      bench::Work();
      *returned = 0;
      return 0;
    default:
      return WSAIoctl(socket, code, input, input_size, output, output_size, returned, overlapped, completion_routine);
  }
}

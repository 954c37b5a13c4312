// SPDX-License-Identifier: MIT
#pragma once

#include <winsock2.h>
#include <windows.h>

#include <vector>

#include "../../test/wine/stand-in/import_table.h"

// Windows' side of the measured calls: each answers at once, or after a delay, and does nothing else, so that what is
// measured is what lies in front of it.
namespace bench {

// From now on every answer takes this long.
void SetDelay(DWORD milliseconds);

// In place of the functions that Wine lacks.
std::vector<stand_in::Replacement> Answers();

}  // namespace bench

// The same by name, for a foreign function interface to call.
extern "C" {
__declspec(dllexport) ULONG WINAPI AnswerToken(USHORT start_port, USHORT number_of_ports, ULONG64* token);
__declspec(dllexport) ULONG WINAPI AnswerDone(USHORT start_port, USHORT number_of_ports);
__declspec(dllexport) int WINAPI
    AnswerIoctl(SOCKET socket, DWORD code, void* input, DWORD input_size, void* output, DWORD output_size,
                DWORD* returned, WSAOVERLAPPED* overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE completion_routine);
}

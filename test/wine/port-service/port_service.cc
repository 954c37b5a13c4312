// SPDX-License-Identifier: MIT
// A service for Wine's service manager that has a UDP port, and that stops or starts as its manner says:
// port-service.exe service file-for-the-port [slow | refuses | fails | dies | frail]
#include <winsock2.h>
#include <windows.h>
#include <winsvc.h>

#include <string>

namespace {

// Ends a service that a test forgot to stop.
constexpr DWORD kMaximalLifeMs = 120'000;

// How often a service that is slow to stop looks whether it may.
constexpr DWORD kPauseMs = 10;

constexpr DWORD kWaitHintMs = 3000;
constexpr DWORD kFailure = 42;

std::wstring file;
std::wstring manner;

struct Service {
  SERVICE_STATUS_HANDLE handle;
  HANDLE stopped;
};

void Report(const Service& service, DWORD state, DWORD check_point = 0, DWORD failure = 0) {
  SERVICE_STATUS status{};
  status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  status.dwCurrentState = state;
  status.dwControlsAccepted = state == SERVICE_RUNNING && manner != L"refuses" ? SERVICE_ACCEPT_STOP : 0;
  status.dwCheckPoint = check_point;
  status.dwWaitHint = check_point == 0 ? 0 : kWaitHintMs;
  status.dwWin32ExitCode = failure == 0 ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR;
  status.dwServiceSpecificExitCode = failure;
  SetServiceStatus(service.handle, &status);
}

DWORD WINAPI Handle(DWORD control, DWORD, void*, void* context) {
  auto* const service = static_cast<Service*>(context);
  if (control != SERVICE_CONTROL_STOP) return NO_ERROR;
  if (manner == L"slow") Report(*service, SERVICE_STOP_PENDING, 1);
  SetEvent(service->stopped);
  return NO_ERROR;
}

// Goes on stopping until the file of its port is gone.
void StopSlowly(const Service& service) {
  constexpr DWORD kMaximalPauses = kMaximalLifeMs / kPauseMs;
  for (DWORD check_point = 2; check_point < kMaximalPauses; ++check_point) {
    if (GetFileAttributesW(file.c_str()) == INVALID_FILE_ATTRIBUTES) return;
    Report(service, SERVICE_STOP_PENDING, check_point);
    Sleep(kPauseMs);
  }
}

void WINAPI Serve(DWORD, wchar_t** arguments) {
  Service service{nullptr, CreateEventW(nullptr, TRUE, FALSE, nullptr)};
  service.handle = RegisterServiceCtrlHandlerExW(arguments[0], Handle, &service);
  if (manner == L"fails") {
    Report(service, SERVICE_STOPPED, 0, kFailure);
    return;
  }
  Report(service, SERVICE_RUNNING);
  WaitForSingleObject(service.stopped, kMaximalLifeMs);
  if (manner == L"slow") StopSlowly(service);
  CloseHandle(service.stopped);
  Report(service, SERVICE_STOPPED);
}

// Wine names the owner of a socket that its process is reading.
DWORD WINAPI Read(void* context) {
  char byte = 0;
  while (recv(reinterpret_cast<SOCKET>(context), &byte, sizeof byte, 0) != SOCKET_ERROR) continue;
  return 0;
}

bool TakePort() {
  WSADATA data{};
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return false;
  const SOCKET socket = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0, WSA_FLAG_OVERLAPPED);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int size = sizeof address;
  if (bind(socket, reinterpret_cast<const sockaddr*>(&address), size) != 0) return false;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return false;
  CreateThread(nullptr, 0, Read, reinterpret_cast<void*>(socket), 0, nullptr);
  const std::string port = std::to_string(ntohs(address.sin_port)) + "\n";
  const HANDLE handle =
      CreateFileW(file.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  DWORD written = 0;
  WriteFile(handle, port.data(), static_cast<DWORD>(port.size()), &written, nullptr);
  CloseHandle(handle);
  return written == port.size();
}

}  // namespace

int wmain(int count, wchar_t** arguments) {
  if (count != 3 && count != 4) return 1;
  file = arguments[2];
  if (count == 4) manner = arguments[3];
  // The service manager is left to find out that the process is gone.
  if (manner == L"dies" || !TakePort()) return 1;
  // Dies once for each time that a test makes this file.
  if (manner == L"frail" && DeleteFileW((file + L".frail").c_str())) return 1;
  const SERVICE_TABLE_ENTRYW services[] = {{arguments[1], Serve}, {nullptr, nullptr}};
  return StartServiceCtrlDispatcherW(services) ? 0 : 1;
}

// SPDX-License-Identifier: MIT
// A service that has a UDP port, for Wine's service manager: port-service.exe service file-for-the-port
#include <winsock2.h>
#include <windows.h>
#include <winsvc.h>

#include <string>

namespace {

// Ends a service that a test forgot to stop.
constexpr DWORD kMaximalLifeMs = 120'000;

struct Service {
  SERVICE_STATUS_HANDLE status;
  HANDLE stopped;
};

void Report(const Service& service, DWORD state) {
  SERVICE_STATUS status{};
  status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  status.dwCurrentState = state;
  status.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP : 0;
  SetServiceStatus(service.status, &status);
}

DWORD WINAPI Handle(DWORD control, DWORD, void*, void* context) {
  if (control == SERVICE_CONTROL_STOP) SetEvent(static_cast<Service*>(context)->stopped);
  return NO_ERROR;
}

void WINAPI Serve(DWORD, wchar_t** arguments) {
  Service service{nullptr, CreateEventW(nullptr, TRUE, FALSE, nullptr)};
  service.status = RegisterServiceCtrlHandlerExW(arguments[0], Handle, &service);
  Report(service, SERVICE_RUNNING);
  WaitForSingleObject(service.stopped, kMaximalLifeMs);
  CloseHandle(service.stopped);
  Report(service, SERVICE_STOPPED);
}

// Wine names the owner of a socket that its process is reading.
DWORD WINAPI Read(void* context) {
  char byte = 0;
  while (recv(reinterpret_cast<SOCKET>(context), &byte, sizeof byte, 0) != SOCKET_ERROR) continue;
  return 0;
}

bool TakePort(const wchar_t* file) {
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
  const HANDLE handle = CreateFileW(file, GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  DWORD written = 0;
  WriteFile(handle, port.data(), static_cast<DWORD>(port.size()), &written, nullptr);
  CloseHandle(handle);
  return written == port.size();
}

}  // namespace

int wmain(int count, wchar_t** arguments) {
  if (count != 3 || !TakePort(arguments[2])) return 1;
  const SERVICE_TABLE_ENTRYW services[] = {{arguments[1], Serve}, {nullptr, nullptr}};
  return StartServiceCtrlDispatcherW(services) ? 0 : 1;
}

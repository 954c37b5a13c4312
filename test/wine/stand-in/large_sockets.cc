// SPDX-License-Identifier: MIT
#include "large_sockets.h"

#include <atomic>

namespace stand_in {
namespace {

constexpr SOCKET kLarge = SOCKET{1} << 31;

std::atomic<bool> enlarged{false};

SOCKET WSAAPI RoutedWSASocketW(int family, int type, int protocol, WSAPROTOCOL_INFOW* info, GROUP group, DWORD flags) {
  const SOCKET socket = WSASocketW(family, type, protocol, info, group, flags);
  return socket == INVALID_SOCKET || !enlarged ? socket : socket | kLarge;
}

int WSAAPI RoutedGetsockname(SOCKET socket, sockaddr* address, int* size) {
  return getsockname(RealSocket(socket), address, size);
}

}  // namespace

void EnlargeSockets(bool enlarge) { enlarged = enlarge; }

SOCKET RealSocket(SOCKET socket) { return socket >> 31 == 1 ? socket & ~kLarge : socket; }

std::vector<Replacement> LargeSocketCalls() {
  return {
      {"ws2_32.dll", "WSASocketW", reinterpret_cast<void*>(&RoutedWSASocketW)},
      {"ws2_32.dll", "getsockname", reinterpret_cast<void*>(&RoutedGetsockname)},
  };
}

}  // namespace stand_in

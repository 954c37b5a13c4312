// SPDX-License-Identifier: MIT
#include "model.h"

#include <vector>

#include "mutex.h"

namespace stand_in {
namespace {

// Never destroyed: threads of the pool may still be in a call while the process exits.
struct Model {
  Mutex mutex;
  std::vector<SOCKET> idle;
  Introduction introduction;
  // Open for as long as the process lives: its end tells the model that the process ended.
  SOCKET presence = INVALID_SOCKET;
};

Model& TheModel() {
  static Model* const model = new Model;
  return *model;
}

}  // namespace

int ConnectToModel(std::uint16_t port, bool elevated) {
  Model& model = TheModel();
  const std::lock_guard<Mutex> lock(model.mutex);
  if (model.presence != INVALID_SOCKET) return 0;
  WSADATA data{};
  const int startup_error = WSAStartup(MAKEWORD(2, 2), &data);
  if (startup_error != 0) return startup_error;
  model.introduction = {port, elevated};
  model.presence = OpenConnection(model.introduction);
  return model.presence == INVALID_SOCKET ? WSAGetLastError() : 0;
}

std::size_t IdleConnections() {
  Model& model = TheModel();
  const std::lock_guard<Mutex> lock(model.mutex);
  return model.idle.size();
}

bool IsElevated() { return TheModel().introduction.elevated; }

Conversation::Conversation() : socket_(INVALID_SOCKET) {
  Model& model = TheModel();
  {
    const std::lock_guard<Mutex> lock(model.mutex);
    if (!model.idle.empty()) {
      socket_ = model.idle.back();
      model.idle.pop_back();
    }
  }
  if (socket_ == INVALID_SOCKET) socket_ = OpenConnection(model.introduction);
}

Conversation::~Conversation() {
  if (socket_ == INVALID_SOCKET) return;
  Model& model = TheModel();
  const std::lock_guard<Mutex> lock(model.mutex);
  model.idle.push_back(socket_);
}

std::optional<Response> Conversation::Ask(const Request& request) {
  if (socket_ == INVALID_SOCKET) return std::nullopt;
  std::optional<Response> response = AskOver(socket_, request);
  if (!response) {
    closesocket(socket_);
    socket_ = INVALID_SOCKET;
  }
  return response;
}

bool MayLookUp(const std::string& call, const void* bytes, std::size_t size) {
  const DWORD last_error_before = GetLastError();
  // With the zero that ends the name.
  const auto request = Request(Op::kLookup).AddBytes(call.c_str(), call.size() + 1).AddBytes(bytes, size);
  const auto response = Conversation().Ask(request);
  const DWORD error = response ? response->error : ERROR_NETWORK_UNREACHABLE;
  SetLastError(error == 0 ? last_error_before : error);
  return error == 0;
}

}  // namespace stand_in

// SPDX-License-Identifier: MIT
#pragma once

#include "connection.h"

namespace stand_in {

// Connects this process to the model, once; later calls change nothing. Returns a Winsock error number, 0 on success.
int ConnectToModel(std::uint16_t port, bool elevated);

// How many connections are open that no call needs at the moment.
std::size_t IdleConnections();

// Whether ConnectToModel said that this process is elevated.
bool IsElevated();

// Holds one connection for as long as a call needs it, so that a slow answer delays only its own caller.
class Conversation {
 public:
  Conversation();
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // Nothing when the model cannot be reached any more.
  std::optional<Response> Ask(const Request& request);

 private:
  SOCKET socket_;
};

// Whether the model lets a call that it has no rules for go on to Wine; the last error says why not. The model records
// the bytes.
bool MayLookUp(const std::string& call, const void* bytes = nullptr, std::size_t size = 0);

}  // namespace stand_in

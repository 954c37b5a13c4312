// SPDX-License-Identifier: MIT
#pragma once

#include <winsock2.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace stand_in {

enum class Op : std::uint8_t {
  kHello = 1,
  kPersistent = 2,
  kIoctl = 3,
  kBind = 4,
  kBound = 5,
  kClose = 6,
  kNetsh = 7,
  kGuestPortReservations = 8,
  kPortOwners = 9,
  kLookup = 10,
};

// The body of a request: the op, then the payload. Integers go out as they lie in memory, which here is little-endian.
class Request {
 public:
  explicit Request(Op op) { Add(static_cast<std::uint8_t>(op)); }

  template <typename Integer>
  Request& Add(Integer value) {
    static_assert(std::is_integral_v<Integer>);
    return AddBytes(&value, sizeof value);
  }

  Request& AddBytes(const void* bytes, std::size_t size) {
    if (size > 0) body_.append(static_cast<const char*>(bytes), size);
    return *this;
  }

  const std::string& body() const { return body_; }

 private:
  std::string body_;
};

enum class Verdict : std::uint8_t { kReturn = 0, kBindForReal = 1 };

struct Response {
  Verdict verdict;
  std::uint32_t error;
  std::string bytes;
};

// Where the model listens, and whether it is to take this process for an elevated one.
struct Introduction {
  std::uint16_t port = 0;
  bool elevated = false;
};

// A connection that has said hello; INVALID_SOCKET and the Winsock error if none could be opened.
SOCKET OpenConnection(const Introduction& introduction);

// Nothing when the model cannot be reached any more.
std::optional<Response> AskOver(SOCKET connection, const Request& request);

// One request over a connection of its own, which is closed again: for programs that end after it, and for DLLs that
// are unloaded. Finds the model by the environment. Nothing when the model cannot be reached.
std::optional<Response> AskOnce(const Request& request);

}  // namespace stand_in

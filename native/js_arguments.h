// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_JS_ARGUMENTS_H_
#define WIN_PORT_RESERVATION_JS_ARGUMENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "node_addon_api.h"
#include "socket_calls.h"

namespace win_port_reservation {

// Turns JavaScript values into C++ ones. The first value that does not fit throws a TypeError that names it. From then
// on the reader has failed: its results are unusable, and it runs no more JavaScript.
//
// The TypeScript layer has checked all values before. The reader keeps wrong ones from being undefined behavior.
class ArgumentReader {
 public:
  explicit ArgumentReader(Napi::Env env) : env_(env) {}

  bool failed() const { return failed_; }

  uint16_t Uint16(const Napi::Value& value, const char* name);
  uint32_t Uint32(const Napi::Value& value, const char* name);
  uint64_t Token(const Napi::Value& value, const char* name);
  // Reads text that Windows takes as a string that ends with a NUL, so that it may have none.
  std::wstring Text(const Napi::Value& value, const char* name);
  std::vector<uint32_t> Uint32s(const Napi::Value& value, const char* name);
  // Accepts IPPROTO_TCP and IPPROTO_UDP.
  int Protocol(const Napi::Value& value, const char* name);
  PortRange Range(const Napi::Value& value, const char* name);
  BindRequest Bind(const Napi::Value& value, const char* name);
  SocketRequest Request(const Napi::Value& value, const char* name);

 private:
  double Integer(const Napi::Value& value, const char* name, double max, const char* expected);
  template <typename String>
  String WithoutNul(String text, const char* name);
  Napi::Value Property(const Napi::Value& object, const char* object_name, const char* name);
  void Fail(const char* name, const char* expected);

  Napi::Env env_;
  bool failed_ = false;
};

}  // namespace win_port_reservation

#endif  // WIN_PORT_RESERVATION_JS_ARGUMENTS_H_

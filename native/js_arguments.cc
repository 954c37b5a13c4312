// SPDX-License-Identifier: MIT
#include "js_arguments.h"

#include <cmath>
#include <utility>

namespace win_port_reservation {

void ArgumentReader::Fail(const char* name, const char* expected) {
  if (failed_) return;
  failed_ = true;
  // A getter of the caller may have thrown already, and the caller must see that error.
  if (env_.IsExceptionPending()) return;
  Napi::TypeError::New(env_, std::string(name) + " must be " + expected).ThrowAsJavaScriptException();
}

double ArgumentReader::Integer(const Napi::Value& value, const char* name, double max, const char* expected) {
  if (failed_) return 0;
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  // Written so that NaN fails as well.
  if (!(number >= 0 && number <= max) || number != std::floor(number)) {
    Fail(name, expected);
    return 0;
  }
  return number;
}

uint16_t ArgumentReader::Uint16(const Napi::Value& value, const char* name) {
  return static_cast<uint16_t>(Integer(value, name, UINT16_MAX, "an integer from 0 to 65535"));
}

uint32_t ArgumentReader::Uint32(const Napi::Value& value, const char* name) {
  return static_cast<uint32_t>(Integer(value, name, UINT32_MAX, "an unsigned 32-bit integer"));
}

uint64_t ArgumentReader::Token(const Napi::Value& value, const char* name) {
  if (failed_) return 0;
  bool lossless = false;
  const uint64_t token = value.IsBigInt() ? value.As<Napi::BigInt>().Uint64Value(&lossless) : 0;
  if (!lossless) Fail(name, "a bigint of 64 bits, without sign");
  return token;
}

// Windows would read such a text only up to the NUL.
template <typename String>
String ArgumentReader::WithoutNul(String text, const char* name) {
  if (text.find(typename String::value_type{}) != String::npos) Fail(name, "a string without NUL");
  return text;
}

std::wstring ArgumentReader::Text(const Napi::Value& value, const char* name) {
  if (!value.IsString()) Fail(name, "a string");
  if (failed_) return std::wstring();
  const std::u16string text = value.As<Napi::String>().Utf16Value();
  return WithoutNul(std::wstring(text.begin(), text.end()), name);
}

std::vector<uint32_t> ArgumentReader::Uint32s(const Napi::Value& value, const char* name) {
  if (!value.IsArray()) Fail(name, "an array");
  std::vector<uint32_t> numbers;
  // A getter may shorten the array meanwhile: what is missing is undefined, which fails.
  for (uint32_t index = 0; !failed_ && index < value.As<Napi::Array>().Length(); ++index) {
    napi_value element = nullptr;
    if (napi_get_element(env_, value, index, &element) != napi_ok) {
      Fail(name, "readable");
    } else {
      numbers.push_back(Uint32(Napi::Value(env_, element), name));
    }
  }
  return numbers;
}

int ArgumentReader::Protocol(const Napi::Value& value, const char* name) {
  constexpr const char* kExpected = "IPPROTO_TCP or IPPROTO_UDP";
  const int protocol = static_cast<int>(Integer(value, name, UINT8_MAX, kExpected));
  if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) Fail(name, kExpected);
  return protocol;
}

Napi::Value ArgumentReader::Property(const Napi::Value& object, const char* object_name, const char* name) {
  if (failed_) return env_.Undefined();
  if (!object.IsObject()) {
    Fail(object_name, "an object");
    return env_.Undefined();
  }
  // Napi::Object::Get would unpack an exception of a getter in order to throw it again. That ends the process when no
  // exception can be thrown, for instance when a time limit of node:vm strikes inside the getter.
  napi_value value = nullptr;
  if (napi_get_named_property(env_, object, name, &value) != napi_ok) {
    Fail(name, "readable");
    return env_.Undefined();
  }
  return Napi::Value(env_, value);
}

PortRange ArgumentReader::Range(const Napi::Value& value, const char* name) {
  const Napi::Value start_port = Property(value, name, "startPortNetworkOrder");
  const Napi::Value number_of_ports = Property(value, name, "numberOfPorts");
  return PortRange{Uint16(start_port, "startPortNetworkOrder"), Uint16(number_of_ports, "numberOfPorts")};
}

BindRequest ArgumentReader::Bind(const Napi::Value& value, const char* name) {
  const Napi::Value address = Property(value, name, "address");
  const Napi::Value port = Property(value, name, "portNetworkOrder");
  const Napi::Value ipv6_only = Property(value, name, "ipv6Only");
  if (!address.IsString()) Fail("address", "a string");
  if (!ipv6_only.IsBoolean()) Fail("ipv6Only", "a boolean");
  const uint16_t port_network_order = Uint16(port, "portNetworkOrder");
  if (failed_) return BindRequest{};
  std::string text = WithoutNul(address.As<Napi::String>().Utf8Value(), "address");
  return BindRequest{std::move(text), port_network_order, ipv6_only.As<Napi::Boolean>().Value()};
}

SocketRequest ArgumentReader::Request(const Napi::Value& value, const char* name) {
  SocketRequest request = {};
  request.protocol = Protocol(Property(value, name, "protocol"), "protocol");
  const double family = Integer(Property(value, name, "family"), "family", UINT8_MAX, "AF_INET or AF_INET6");
  request.family = static_cast<int>(family);
  if (request.family != AF_INET && request.family != AF_INET6) Fail("family", "AF_INET or AF_INET6");

  const Napi::Value acquire = Property(value, name, "acquire");
  const Napi::Value associate = Property(value, name, "associate");
  const Napi::Value bind = Property(value, name, "bind");
  if (!acquire.IsUndefined()) request.acquire = Range(acquire, "acquire");
  if (!associate.IsUndefined()) request.associate = Token(associate, "associate");
  if (!bind.IsUndefined()) request.bind = Bind(bind, "bind");
  return request;
}

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
#include <winsock2.h>
#include <node_api.h>

#include <string>

#include "handle_count.h"
#include "import_table.h"
#include "large_sockets.h"
#include "model.h"
#include "mutex.h"
#include "owner_calls.h"
#include "private_bytes.h"
#include "routed_calls.h"

namespace stand_in {
namespace {

// The replaced imports point into this module for as long as the process lives.
void StayLoaded() {
  HMODULE self = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<LPCWSTR>(&StayLoaded), &self);
}

// Returns what failed, nothing when all went well.
std::string AttachOnce(const std::u16string& addon_path, std::uint16_t port, bool elevated) {
  static auto* const mutex = new Mutex;
  const std::lock_guard<Mutex> lock(*mutex);
  const int error = ConnectToModel(port, elevated);
  if (error != 0) return "cannot connect to the model of Windows: Winsock error " + std::to_string(error);
  const HMODULE addon = LoadLibraryW(reinterpret_cast<LPCWSTR>(addon_path.c_str()));
  if (addon == nullptr) return "cannot load the addon: error " + std::to_string(GetLastError());
  StayLoaded();
  PatchImports(GetModuleHandleW(nullptr), RoutedCalls());
  PatchImports(GetModuleHandleW(nullptr), ProcessCalls());
  PatchImports(addon, RoutedCalls());
  PatchImports(addon, ElevationCalls());
  PatchImports(addon, OwnerCalls());
  PatchImports(addon, LargeSocketCalls());
  return {};
}

bool ReadString(napi_env env, napi_value value, std::u16string* result) {
  std::size_t length = 0;
  if (napi_get_value_string_utf16(env, value, nullptr, 0, &length) != napi_ok) return false;
  result->resize(length);
  return napi_get_value_string_utf16(env, value, result->data(), length + 1, &length) == napi_ok;
}

// attach(addonPath: string, port: number, elevated: boolean): void
napi_value Attach(napi_env env, napi_callback_info info) {
  std::size_t count = 3;
  napi_value arguments[3];
  std::u16string addon_path;
  std::uint32_t port = 0;
  bool elevated = false;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok ||
      !ReadString(env, arguments[0], &addon_path) || napi_get_value_uint32(env, arguments[1], &port) != napi_ok ||
      port == 0 || port > 0xFFFF || napi_get_value_bool(env, arguments[2], &elevated) != napi_ok) {
    napi_throw_type_error(env, nullptr, "attach(addonPath: string, port: number, elevated: boolean)");
    return nullptr;
  }
  const std::string failure = AttachOnce(addon_path, static_cast<std::uint16_t>(port), elevated);
  if (!failure.empty()) napi_throw_error(env, nullptr, failure.c_str());
  return nullptr;
}

// handleCount(): number. Not counted are those of threads, which Windows' pool keeps for a while, and those of the
// connections to the model, of which there are as many as calls were ever under way at once: both a matter of timing.
napi_value CountHandles(napi_env env, napi_callback_info) {
  const std::size_t count = HandleCount() - ThreadCount() - IdleConnections();
  napi_value result = nullptr;
  napi_create_uint32(env, static_cast<std::uint32_t>(count), &result);
  return result;
}

// privateBytes(): number
napi_value CountPrivateBytes(napi_env env, napi_callback_info) {
  napi_value result = nullptr;
  napi_create_int64(env, PrivateBytes(), &result);
  return result;
}

// isLoaded(dll: string): boolean
napi_value IsLoaded(napi_env env, napi_callback_info info) {
  std::size_t count = 1;
  napi_value argument = nullptr;
  std::u16string name;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok ||
      !ReadString(env, argument, &name)) {
    napi_throw_type_error(env, nullptr, "isLoaded(dll: string)");
    return nullptr;
  }
  napi_value result = nullptr;
  napi_get_boolean(env, GetModuleHandleW(reinterpret_cast<LPCWSTR>(name.c_str())) != nullptr, &result);
  return result;
}

// isMarked(object: object): boolean. Tells whether an addon has given the object a type tag, by giving it one: a second
// one is refused.
napi_value IsMarked(napi_env env, napi_callback_info info) {
  constexpr napi_type_tag kTypeTag = {1, 1};
  std::size_t count = 1;
  napi_value object = nullptr;
  napi_value result = nullptr;
  napi_get_cb_info(env, info, &count, &object, nullptr, nullptr);
  napi_get_boolean(env, napi_type_tag_object(env, object, &kTypeTag) == napi_invalid_arg, &result);
  return result;
}

// enlargeSockets(enlarge: boolean): void
napi_value Enlarge(napi_env env, napi_callback_info info) {
  std::size_t count = 1;
  napi_value argument = nullptr;
  bool enlarge = false;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok ||
      napi_get_value_bool(env, argument, &enlarge) != napi_ok) {
    napi_throw_type_error(env, nullptr, "enlargeSockets(enlarge: boolean)");
    return nullptr;
  }
  EnlargeSockets(enlarge);
  return nullptr;
}

}  // namespace
}  // namespace stand_in

NAPI_MODULE_INIT() {
  const napi_property_descriptor properties[] = {
      {"attach", nullptr, stand_in::Attach, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"handleCount", nullptr, stand_in::CountHandles, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"privateBytes", nullptr, stand_in::CountPrivateBytes, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"isLoaded", nullptr, stand_in::IsLoaded, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"isMarked", nullptr, stand_in::IsMarked, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"enlargeSockets", nullptr, stand_in::Enlarge, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, 6, properties);
  return exports;
}

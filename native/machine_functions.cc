// SPDX-License-Identifier: MIT
#include "machine_functions.h"

#include <string>
#include <utility>
#include <vector>

#include "elevation.h"
#include "js_arguments.h"
#include "js_values.h"
#include "process_details.h"
#include "processes.h"
#include "promise_worker.h"
#include "registry.h"
#include "services.h"

namespace win_port_reservation {
namespace {

// Runs one of the functions for services on the thread pool.
template <auto kCall>
Napi::Value ServiceCall(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  std::wstring name = reader.Text(info[0], "name");
  if (reader.failed()) return Napi::Value();
  return RunOnThreadPool(
      info.Env(), "win-port-reservation:service", [name = std::move(name)] { return kCall(name); }, kOutcomeToJs);
}

Napi::Value List(const Napi::CallbackInfo& info) {
  return RunOnThreadPool(info.Env(), "win-port-reservation:listProcesses", ListProcesses, kOutcomeToJs);
}

Napi::Value Describe(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  std::vector<uint32_t> process_ids = reader.Uint32s(info[0], "processIds");
  if (reader.failed()) return Napi::Value();
  return RunOnThreadPool(
      info.Env(), "win-port-reservation:describeProcesses",
      [process_ids = std::move(process_ids)] { return DescribeProcesses(process_ids); }, kOutcomeToJs);
}

Napi::Value Terminate(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  const uint32_t process_id = reader.Uint32(info[0], "processId");
  const uint64_t created_at = reader.Token(info[1], "createdAt");
  if (reader.failed()) return Napi::Value();
  return RunOnThreadPool(
      info.Env(), "win-port-reservation:terminateProcess",
      [process_id, created_at] { return EndProcess(process_id, created_at); }, kOutcomeToJs);
}

Napi::Value ReadNumber(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  std::wstring key = reader.Text(info[0], "key");
  std::wstring value_name = reader.Text(info[1], "valueName");
  if (reader.failed()) return Napi::Value();
  return RunOnThreadPool(
      info.Env(), "win-port-reservation:readRegistryNumber",
      [key = std::move(key), value_name = std::move(value_name)] { return ReadRegistryNumber(key, value_name); },
      kOutcomeToJs);
}

Napi::Value Elevate(const Napi::CallbackInfo& info) {
  ArgumentReader reader(info.Env());
  std::wstring file = reader.Text(info[0], "file");
  std::wstring parameters = reader.Text(info[1], "parameters");
  std::wstring folder = reader.Text(info[2], "folder");
  if (reader.failed()) return Napi::Value();
  return RunOnThreadPool(
      info.Env(), "win-port-reservation:runElevated",
      [file = std::move(file), parameters = std::move(parameters), folder = std::move(folder)] {
        return RunElevated(file, parameters, folder);
      },
      kOutcomeToJs);
}

}  // namespace

void SetMachineFunctions(Napi::Object exports) {
  const Napi::Env env = exports.Env();
  const auto set = [&](const char* name, auto callback) {
    exports.Set(name, Napi::Function::New(env, callback, name));
  };
  set("queryService", ServiceCall<&QueryService>);
  set("startService", ServiceCall<&StartWindowsService>);
  set("stopService", ServiceCall<&StopService>);
  set("listProcesses", List);
  set("describeProcesses", Describe);
  set("terminateProcess", Terminate);
  set("readRegistryNumber", ReadNumber);
  set("runElevated", Elevate);
}

}  // namespace win_port_reservation

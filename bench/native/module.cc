// SPDX-License-Identifier: MIT
// What the addon is measured against: the same calls in a loop of C++, and behind the barest asynchronous addon that
// Node-API allows.
#include <node_api.h>

#include <string>

#include "../../test/wine/stand-in/private_bytes.h"
#include "calls.h"

namespace bench {
namespace {

napi_value Throw(napi_env env, const char* message) {
  napi_throw_type_error(env, nullptr, message);
  return nullptr;
}

// The function of a name, which is looked for once, and not by each call.
Run ReadRun(napi_env env, napi_value name) {
  char which[32] = {};
  size_t length = 0;
  if (napi_get_value_string_utf8(env, name, which, sizeof which, &length) != napi_ok) return nullptr;
  return FindRun(which);
}

struct Job {
  Call call;
  Run run = nullptr;
  napi_async_work work = nullptr;
  napi_deferred deferred = nullptr;
};

void Execute(napi_env, void* data) {
  auto* const job = static_cast<Job*>(data);
  job->run(job->call);
}

void Complete(napi_env env, napi_status, void* data) {
  auto* const job = static_cast<Job*>(data);
  napi_value result = nullptr;
  if (job->call.socket != INVALID_SOCKET) {
    napi_create_int64(env, static_cast<int64_t>(job->call.socket), &result);
  } else {
    napi_create_bigint_uint64(env, job->call.token, &result);
  }
  napi_resolve_deferred(env, job->deferred, result);
  napi_delete_async_work(env, job->work);
  delete job;
}

// call(socket?: number, token?: bigint): Promise<number | bigint>
napi_value AsyncWork(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  void* run = nullptr;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, &run) != napi_ok) return nullptr;
  auto* const job = new Job;
  job->run = reinterpret_cast<Run>(run);
  int64_t socket = -1;
  bool lossless = false;
  if (count > 0 && napi_get_value_int64(env, arguments[0], &socket) == napi_ok) {
    job->call.socket = static_cast<SOCKET>(socket);
  }
  if (count > 1) napi_get_value_bigint_uint64(env, arguments[1], &job->call.token, &lossless);
  napi_value name = nullptr;
  napi_value promise = nullptr;
  if (napi_create_promise(env, &job->deferred, &promise) != napi_ok ||
      napi_create_string_latin1(env, "bench", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_async_work(env, nullptr, name, Execute, Complete, job, &job->work) != napi_ok ||
      napi_queue_async_work(env, job->work) != napi_ok) {
    delete job;
    return Throw(env, "call(socket?: number, token?: bigint)");
  }
  return promise;
}

// asyncCall(which: string): (socket?: number, token?: bigint) => Promise<number | bigint>
napi_value AsyncCall(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value name = nullptr;
  napi_value call = nullptr;
  if (napi_get_cb_info(env, info, &count, &name, nullptr, nullptr) != napi_ok) return nullptr;
  const Run run = ReadRun(env, name);
  if (run == nullptr ||
      napi_create_function(env, "call", NAPI_AUTO_LENGTH, AsyncWork, reinterpret_cast<void*>(run), &call) != napi_ok) {
    return Throw(env, "asyncCall(which: string)");
  }
  return call;
}

// loop(times: number, which: string): number, the nanoseconds that it took
napi_value Loop(napi_env env, napi_callback_info info) {
  size_t count = 2;
  uint32_t times = 0;
  napi_value arguments[2];
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok ||
      napi_get_value_uint32(env, arguments[0], &times) != napi_ok) {
    return Throw(env, "loop(times: number, which: string)");
  }
  const Run run = ReadRun(env, arguments[1]);
  if (run == nullptr) return Throw(env, "loop(times: number, which: string)");
  LARGE_INTEGER frequency;
  LARGE_INTEGER start;
  LARGE_INTEGER end;
  Call call;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&start);
  for (uint32_t i = 0; i < times; i++) run(call);
  QueryPerformanceCounter(&end);
  napi_value result = nullptr;
  napi_create_double(
      env, static_cast<double>(end.QuadPart - start.QuadPart) * 1e9 / static_cast<double>(frequency.QuadPart), &result);
  return result;
}

// answerAtOnce(addonPath: string): void
napi_value AnswerAtOnce(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument = nullptr;
  size_t length = 0;
  std::u16string path(1024, u'\0');
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok ||
      napi_get_value_string_utf16(env, argument, path.data(), path.size(), &length) != napi_ok) {
    return Throw(env, "answerAtOnce(addonPath: string)");
  }
  const HMODULE addon = LoadLibraryW(reinterpret_cast<LPCWSTR>(path.c_str()));
  if (addon == nullptr) return Throw(env, "cannot load the addon");
  stand_in::PatchImports(addon, Answers());
  return nullptr;
}

// setDelay(milliseconds: number): void
napi_value SetDelayOfAnswers(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument = nullptr;
  uint32_t milliseconds = 0;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok ||
      napi_get_value_uint32(env, argument, &milliseconds) != napi_ok) {
    return Throw(env, "setDelay(milliseconds: number)");
  }
  SetDelay(milliseconds);
  return nullptr;
}

// privateBytes(): number
napi_value CountPrivateBytes(napi_env env, napi_callback_info) {
  napi_value result = nullptr;
  napi_create_int64(env, stand_in::PrivateBytes(), &result);
  return result;
}

}  // namespace
}  // namespace bench

NAPI_MODULE_INIT() {
  const napi_property_descriptor properties[] = {
      {"asyncCall", nullptr, bench::AsyncCall, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"loop", nullptr, bench::Loop, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"answerAtOnce", nullptr, bench::AnswerAtOnce, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"setDelay", nullptr, bench::SetDelayOfAnswers, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"privateBytes", nullptr, bench::CountPrivateBytes, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, sizeof properties / sizeof *properties, properties);
  return exports;
}

// SPDX-License-Identifier: MIT
// An addon for Linux with the threads of ours, which counts what Node allocates for a threadsafe function. It is
// preloaded as well, because malloc and free are replaced for the whole process.
#include <atomic>
#include <cstdlib>

#include "../../../native/addon_data.h"
#include "../../../native/promise_worker.h"

namespace {

__attribute__((tls_model("initial-exec"))) thread_local bool counts = false;
std::atomic<void*> allocations[4096];
std::atomic<int> alive = 0;

void Note(void* memory) {
  for (std::atomic<void*>& slot : allocations) {
    void* none = nullptr;
    if (!slot.compare_exchange_strong(none, memory)) continue;
    alive += 1;
    return;
  }
  std::abort();
}

void Forget(void* memory) {
  if (memory == nullptr || alive == 0) return;
  for (std::atomic<void*>& slot : allocations) {
    void* expected = memory;
    if (!slot.compare_exchange_strong(expected, nullptr)) continue;
    alive -= 1;
    return;
  }
}

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t size);
void __libc_free(void* memory);

__attribute__((visibility("default"))) void* malloc(std::size_t size) {
  void* const memory = __libc_malloc(size);
  if (counts && memory != nullptr) Note(memory);
  return memory;
}

__attribute__((visibility("default"))) void free(void* memory) {
  Forget(memory);
  __libc_free(memory);
}

// The linker puts it between our code and Node's function.
napi_status __real_napi_create_threadsafe_function(napi_env, napi_value, napi_value, napi_value, size_t, size_t, void*,
                                                   napi_finalize, void*, napi_threadsafe_function_call_js,
                                                   napi_threadsafe_function*);
napi_status __wrap_napi_create_threadsafe_function(napi_env env, napi_value function, napi_value resource,
                                                   napi_value name, size_t queue_size, size_t threads, void* data,
                                                   napi_finalize finalize, void* context,
                                                   napi_threadsafe_function_call_js call,
                                                   napi_threadsafe_function* result) {
  counts = true;
  const napi_status status = __real_napi_create_threadsafe_function(env, function, resource, name, queue_size, threads,
                                                                    data, finalize, context, call, result);
  counts = false;
  return status;
}

}  // extern "C"

namespace win_port_reservation {

WinsockSession::WinsockSession() : status_(0) {}
WinsockSession::~WinsockSession() = default;

namespace {

Napi::Value Sleep(const Napi::CallbackInfo& info) {
  const auto time = std::chrono::milliseconds(info[0].As<Napi::Number>().Uint32Value());
  return RunOnThreadPool(
      info.Env(), "sleep",
      [time] {
        std::this_thread::sleep_for(time);
        return true;
      },
      [](Napi::Env env, bool value) -> napi_value { return Napi::Boolean::New(env, value); });
}

Napi::Value Alive(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), alive); }

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  auto* const data = new AddonData();
  env.SetInstanceData(data);
  data->thread_pool = ThreadPool::Create(env);
  exports.Set("sleep", Napi::Function::New(env, Sleep));
  exports.Set("alive", Napi::Function::New(env, Alive));
  return exports;
}

}  // namespace

NODE_API_MODULE(threads, Init)

}  // namespace win_port_reservation

// SPDX-License-Identifier: MIT
// Makes the calls as a program does through koffi, with the same answers.
const { BENCH_ADDON, BENCH_KOFFI } = process.env;

const port = 0x8813; // 5000 in network byte order
const acquireCode = 0x98000064;
const releaseCode = 0x98000065;
const associateCode = 0x98000066;
const [afInet, sockStream, ipprotoTcp] = [2, 1, 6];
const overlappedNotInherited = 0x81;

function promiseOf(func) {
  return (...args) =>
    new Promise((resolve, reject) => {
      func.async(...args, (error, result) => (error ? reject(error) : resolve(result)));
    });
}

/** Makes each call available twice, under the same name: one that blocks, and one that returns a promise. */
export async function loadKoffi() {
  const { default: koffi } = await import(BENCH_KOFFI);
  // The maximum number of calls at once; koffi's default is 256.
  koffi.config({ max_async_calls: 4096 });
  const answers = koffi.load(BENCH_ADDON);
  const winsock = koffi.load('ws2_32.dll');
  const token = answers.func('uint32_t __stdcall AnswerToken(uint16_t, uint16_t, _Out_ uint64_t *)');
  const done = answers.func('uint32_t __stdcall AnswerDone(uint16_t, uint16_t)');
  const ioctl = answers.func(
    'int __stdcall AnswerIoctl(uintptr_t, uint32_t, void *, uint32_t, void *, uint32_t, void *, void *, void *)',
  );
  const open = winsock.func('uintptr_t __stdcall WSASocketW(int, int, int, void *, uint32_t, uint32_t)');
  const close = winsock.func('int __stdcall closesocket(uintptr_t)');
  const bind = winsock.func('int __stdcall bind(uintptr_t, void *, int)');
  const nameOf = winsock.func('int __stdcall getsockname(uintptr_t, void *, void *)');

  const written = () => Buffer.alloc(4);
  const range = () => Buffer.from([0, 0, 1, 0]);
  const tokenBytes = Buffer.alloc(8, 1);
  const loopback = Buffer.from([afInet, 0, 0, 0, 127, 0, 0, 1, ...Buffer.alloc(8)]);

  function callsThrough(of) {
    const run = new Map([token, done, ioctl, open, close, bind, nameOf].map((func) => [func, of(func)]));
    const withToken = (code) => (socket) => run.get(ioctl)(socket, code, tokenBytes, 8, null, 0, written(), null, null);
    return {
      token: () => run.get(token)(port, 1, [0n]),
      done: () => run.get(done)(port, 1),
      open: () => run.get(open)(afInet, sockStream, ipprotoTcp, null, 0, overlappedNotInherited),
      close: (socket) => run.get(close)(socket),
      acquire: (socket) => run.get(ioctl)(socket, acquireCode, range(), 4, Buffer.alloc(16), 16, written(), null, null),
      associate: withToken(associateCode),
      release: withToken(releaseCode),
      bind: (socket) => run.get(bind)(socket, loopback, loopback.length),
      address: (socket) => run.get(nameOf)(socket, Buffer.alloc(16), Buffer.from([16, 0, 0, 0])),
    };
  }
  return { sync: callsThrough((func) => func), async: callsThrough(promiseOf) };
}

// SPDX-License-Identifier: MIT
// For the topics that run in Windows Node: the addon to compare with, and koffi. From here on the calls of the package
// are answered at once, so that what is measured is what lies in front of Windows.
import { createRequire } from 'node:module';

const { BENCH_ADDON, BENCH_KOFFI, WPR_ADDON } = process.env;

export const bench = createRequire(import.meta.url)(BENCH_ADDON);
bench.answerAtOnce(WPR_ADDON);

/** The answers to the calls as a program has them that calls them through koffi. */
export async function loadKoffi() {
  const { default: koffi } = await import(BENCH_KOFFI);
  // The most that it takes at once; 256 by default.
  koffi.config({ max_async_calls: 4096 });
  const token = koffi.load(BENCH_ADDON).func('uint32_t __stdcall AnswerToken(uint16_t, uint16_t, _Out_ uint64_t *)');
  const tokenAsync = () =>
    new Promise((resolve, reject) => {
      const output = [0n];
      token.async(0x8813, 1, output, (error) => (error ? reject(error) : resolve(output[0])));
    });
  const output = [0n];
  return { tokenAsync, token: () => token(0x8813, 1, output) };
}

// SPDX-License-Identifier: MIT
// Loads the addon to compare with, for the topics that run in Windows Node. From now on the package's calls are
// answered at once, so that only the code in front of Windows is measured.
import { createRequire } from 'node:module';

const { BENCH_ADDON, WPR_ADDON } = process.env;

export const bench = createRequire(import.meta.url)(BENCH_ADDON);
bench.answerAtOnce(WPR_ADDON);

// SPDX-License-Identifier: MIT
// For the topics that run in Windows Node: the addon to compare with. From here on the calls of the package are answered
// at once, so that what is measured is what lies in front of Windows.
import { createRequire } from 'node:module';

const { BENCH_ADDON, WPR_ADDON } = process.env;

export const bench = createRequire(import.meta.url)(BENCH_ADDON);
bench.answerAtOnce(WPR_ADDON);

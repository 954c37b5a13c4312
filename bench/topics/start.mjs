// SPDX-License-Identifier: MIT
// Imports one module and reports how long that took: start.mjs url
import { report } from '../lib/report-line.mjs';

const before = process.memoryUsage();
const start = performance.now();
await import(process.argv[2]);
const milliseconds = performance.now() - start;
const after = process.memoryUsage();
report({ milliseconds, rss: after.rss - before.rss, heap: after.heapUsed - before.heapUsed });

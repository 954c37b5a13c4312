// SPDX-License-Identifier: MIT
// Runs the addon in Windows Node 24 and 26 under Wine 10, which they need to start: its headers, the contract suite, the
// native tests, the examples, the demo. Wine 10 is that of Debian trixie; on another Debian this runs in a root with it.
import { isTrixie, runInTrixie } from './trixie.mjs';

process.env.WPR_WINE_RING = 'wine-10';
if (isTrixie()) {
  // The paths depend on the ring.
  await import('./ring.mjs');
} else {
  const [toolchain, self] = ['test/wine/toolchain.mjs', 'test/wine/ring-10.mjs'];
  process.exitCode = await runInTrixie(['sh', '-c', `node ${toolchain} && exec node ${self}`]);
}

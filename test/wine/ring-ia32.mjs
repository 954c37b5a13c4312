// SPDX-License-Identifier: MIT
// Runs the addon for ia32 in a 32-bit Windows Node: its headers, the contract suite, the native tests, the examples, the demo.
// With `--beside-x64` it runs what depends on the processor, and only says so if the machine cannot have 32-bit Wine.
process.env.WPR_WINE_RING = 'wine-ia32';
// Take the option away: ring.mjs, imported below, reads the arguments too.
const isBesideX64 = process.argv.splice(2).includes('--beside-x64');
if (isBesideX64) process.env.WPR_ABOUT_PROCESSOR = '1';
// The paths depend on the ring.
const { unpackWine32 } = await import('./unpack-wine32.mjs');
const noWine = unpackWine32();
if (noWine === '') {
  await import('./ring.mjs');
} else {
  console.log(`NOT RUN: no 32-bit Wine: ${noWine}`);
  if (!isBesideX64) process.exitCode = 1;
}

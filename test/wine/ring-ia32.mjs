// SPDX-License-Identifier: MIT
// Runs the addon for ia32 in a 32-bit Windows Node: its headers, the contract suite, the native tests, the examples, the demo.
process.env.WPR_WINE_RING = 'wine-ia32';
// The paths depend on the ring.
await import('./ring.mjs');

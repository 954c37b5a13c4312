// SPDX-License-Identifier: MIT
// Explains failed binds in every Node of a command, through NODE_OPTIONS:
//
//   NODE_OPTIONS=--require "C:/app/node_modules/win-port-reservation/dist/explain/preload.cjs"
//
// Every Node that reads NODE_OPTIONS knows --require, whereas --import ends Node 16. So this file keeps to what Node 8
// can parse, and leaves alone a Node that is too old for the package.
//
//   WIN_PORT_RESERVATION_SIMULATE   1 to run the program on the simulated machine, as `win-port-reservation/simulate` does
{
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  // `engines` of package.json. Each of these loads ES modules with require(), so the program cannot start before them.
  const isNewEnough = major === 20 ? minor >= 19 : major === 22 ? minor >= 12 : major > 22;
  // The windows of Electron read NODE_OPTIONS too. Programs listen in its main process.
  const isWindowOfElectron = (process as { type?: string }).type === 'renderer';

  if (isNewEnough && !isWindowOfElectron) {
    if (process.env['WIN_PORT_RESERVATION_SIMULATE'] === '1') require('../simulator/simulate.js');
    try {
      require('./subscribe.js');
    } catch (error) {
      // The program works without explanations.
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}

// SPDX-License-Identifier: MIT
// Runs the job as the main program of Electron. To install and run it, use `npm ci` and `npm start` in electron/. At
// the first start, Electron's binary is downloaded from GitHub and checked against the sums in the npm package.
import { app } from 'electron';

try {
  await import('./job.mjs');
  app.exit(0);
} catch (error) {
  console.error(error);
  app.exit(1);
}

// SPDX-License-Identifier: MIT
// The job as the main program of Electron: npx electron test/windows/hosts/electron.mjs
import { app } from 'electron';

try {
  await import('./job.mjs');
  app.exit(0);
} catch (error) {
  console.error(error);
  app.exit(1);
}

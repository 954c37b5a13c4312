// SPDX-License-Identifier: MIT
// The job as the main program of Electron, which electron/ has by its lock file: `npm ci` there, and `npm start`. The
// program itself comes from GitHub at the first start, and is compared with the sums in the npm package.
import { app } from 'electron';

try {
  await import('./job.mjs');
  app.exit(0);
} catch (error) {
  console.error(error);
  app.exit(1);
}

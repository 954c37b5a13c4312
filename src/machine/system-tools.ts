// SPDX-License-Identifier: MIT
import { listProcesses } from '../calls/processes.js';
import { queryService, startService, stopService } from '../calls/services.js';
import { packageError } from '../common/errors.js';
import { getTools } from '../windows/binding.js';
import { startGuard } from './guard.js';
import type { MachineTools } from './tools.js';
import { systemClock } from './wait.js';

/** WSL ends its virtual machine by force after some seconds; a slow disk takes longer. */
const shutDownLimitMs = 60_000;

/** The tools of this machine, the simulated one where one is installed. */
export const systemTools: MachineTools = {
  clock: systemClock,
  winNat: 'winnat',
  services: { query: queryService, start: startService, stop: stopService },
  async listPrograms() {
    return (await listProcesses()).map(({ imageName }) => imageName);
  },
  async listRunningDistributions() {
    const result = await getTools()('wsl', ['--list', '--running', '--quiet']);
    // It fails where none is running, and where WSL is not installed.
    if (result?.exitCode !== 0) return [];
    return result.output
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  },
  async shutDownWsl(signal) {
    const result = await getTools()('wsl', ['--shutdown'], { timeLimitMs: shutDownLimitMs, signal });
    if (result === undefined || result.exitCode === 0) return;
    const reason = `"wsl --shutdown" ended with exit code ${result.exitCode}: ${result.output.trim()}`;
    throw packageError(
      'ERR_TOOL_FAILED',
      `${reason}${/[.!?]$/.test(reason) ? '' : '.'} Run it by hand to see why, or leave WSL running: shutDownWsl: false, on the command line --keep-wsl.`,
    );
  },
  startGuard,
};

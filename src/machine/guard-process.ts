// SPDX-License-Identifier: MIT
// A process that starts a service again when the process that stopped it ends in the middle. `guard.ts` starts it.
import type { SharedMachine } from '../simulator/machine-access.js';
import { guardWords, type GuardErrand } from './guard.js';

const rescueLimitMs = 10 * 60_000;

// Only the end of its standard input tells this process anything.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) process.on(signal, () => undefined);
// The other end is gone when this process is needed.
process.stdout.on('error', () => undefined);

const tools = import('./system-tools.js');
let heard = '';
let errand: Promise<string> | undefined;

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  heard += text;
  if (errand === undefined && heard.includes('\n')) {
    errand = begin(JSON.parse(heard.split('\n', 1)[0] ?? '') as GuardErrand);
    // The error was reported, so the other process does not stop the service.
    errand.catch(() => undefined);
  }
});
process.stdin.once('error', () => undefined);
process.stdin.once('close', () => {
  if (!heard.includes(`\n${guardWords.done}\n`)) void rescue();
});

/** Makes sure that the service can be asked for, before the other process stops it. */
async function begin({ service, machine }: GuardErrand): Promise<string> {
  try {
    if (machine) {
      const { joinMachine } = await import('../simulator/shared-machine.js');
      joinMachine(machine as SharedMachine);
    }
    const { systemTools } = await tools;
    await systemTools.services.query(service);
    process.stdout.write(`${guardWords.ready}\n`);
    return service;
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.stdin.destroy();
    throw error;
  }
}

async function rescue(): Promise<void> {
  const service = await errand?.catch(() => undefined);
  if (service === undefined) return;
  const [{ systemTools }, { bringBackService }] = await Promise.all([tools, import('./winnat.js')]);
  await bringBackService(systemTools, service, { limitMs: rescueLimitMs });
}

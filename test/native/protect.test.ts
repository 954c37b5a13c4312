// SPDX-License-Identifier: MIT
// Protects ports with a real service in the place of WinNAT, in Wine's Service Control Manager. Its block belongs to the
// model: this file takes the block away when the service stops.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PortBlock } from 'win-port-reservation';
import { describeProcesses, endProcess, listProcesses } from '../../dist/calls/processes.js';
import { queryService, startService, stopService } from '../../dist/calls/services.js';
import { protect } from '../../dist/machine/protection.js';
import type { ProtectionProgress } from '../../dist/machine/run-plan.js';
import { systemTools } from '../../dist/machine/system-tools.js';
import type { MachineTools } from '../../dist/machine/tools.js';
import { unprotect } from '../../dist/machine/unprotection.js';
import { freeBlock, onMachine } from '../contract/ring.js';
import { startNativeChild } from './child-process.js';

const sc = (...args: string[]) => promisify(execFile)('sc.exe', args);

let folder: string;
let block: PortBlock;
let winNatBlock: PortBlock;
let service: string;
let hasBlock: boolean;
let count = 0;

const fileOf = (): string => path.join(folder, service);
const stateOf = async (): Promise<string> => (await queryService(service)).state;

/** Installs a service that behaves in this manner, and has it run. */
async function install(manner: string): Promise<void> {
  const command = `C:\\windows\\system32\\port-service.exe ${service} "${fileOf()}" ${manner}`.trimEnd();
  await sc('create', service, 'type=', 'own', 'start=', 'demand', 'binPath=', command);
  await startService(service);
  await expect.poll(stateOf).toBe('running');
}

async function takeBlockAway(): Promise<void> {
  if (!hasBlock) return;
  hasBlock = false;
  await onMachine('deleteForeignReservation', winNatBlock);
}

/** The tools of this machine, with the service in the place of WinNAT, and pauses a tenth as long. */
function tools(): MachineTools {
  const { services, clock } = systemTools;
  return {
    ...systemTools,
    winNat: service,
    clock: { ...clock, sleep: (milliseconds, signal) => clock.sleep(milliseconds / 10, signal) },
    services: {
      ...services,
      async query(name) {
        const status = await services.query(name);
        if (status.state === 'stopped') await takeBlockAway();
        return status;
      },
    },
  };
}

async function isExcluded(): Promise<boolean> {
  const rows = await onMachine('excludedPortRanges', 'tcp');
  return rows.some(({ startPort, administered }) => startPort === block.startPort && administered);
}

async function outcomeOf(running: Promise<unknown>): Promise<string> {
  return running.then(
    () => '',
    (error: unknown) => (error as { code?: string; message: string }).code ?? (error as Error).message,
  );
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'wpr-'));
  service = `wpr-protect-${process.pid}-${count}`;
  count += 1;
  const startPort = await freeBlock(100);
  winNatBlock = { protocol: 'tcp', startPort, numberOfPorts: 100 };
  block = { protocol: 'tcp', startPort: startPort + 31, numberOfPorts: 1 };
  await onMachine('addForeignReservation', winNatBlock);
  hasBlock = true;
});

/** Ends the guards of killed processes: they would start the service again, or try to for minutes once it is deleted. */
async function endGuards(): Promise<void> {
  const nodes = (await listProcesses()).filter(({ imageName }) => imageName === 'node.exe');
  const described = await describeProcesses(nodes.map(({ processId }) => processId));
  const guards = described.filter(({ commandLine = '' }) => commandLine.includes('guard-process.js'));
  // One may have ended since.
  for (const { processId, createdAt = 0n } of guards) await endProcess(processId, createdAt).catch(() => undefined);
}

afterEach(async () => {
  await endGuards();
  await unprotect(block, true).catch(() => undefined);
  await takeBlockAway();
  // Lets a service go that is slow to stop.
  rmSync(fileOf(), { force: true });
  const { processId } = await queryService(service);
  await stopService(service).catch(() => undefined);
  if (processId !== 0) await promisify(execFile)('taskkill', ['/f', '/pid', String(processId)]).catch(() => undefined);
  await sc('delete', service);
  rmSync(folder, { recursive: true, force: true });
});

describe('a real service in the place of WinNAT', () => {
  it('is stopped and started again, with the port excluded meanwhile', async () => {
    await install('');
    const before = await queryService(service);
    const done = await protect(block, { stopWinNat: true }, tools());
    expect(done).toMatchObject({ ...block, excluded: [block], restartedWinNat: true });
    const after = await queryService(service);
    expect(after.state).toBe('running');
    expect(after.processId).not.toBe(before.processId);
    expect(await isExcluded()).toBe(true);
  });

  it('that is slow to stop is waited for', async () => {
    await install('slow');
    const waits: number[] = [];
    const onStep = ({ step, waitedMs }: ProtectionProgress): void => {
      if (step.action !== 'stop-winnat') return;
      waits.push(waitedMs);
      // It has been waited for twice.
      if (waits.length === 3) rmSync(fileOf());
    };
    expect(await outcomeOf(protect(block, { stopWinNat: true, onStep }, tools()))).toBe('');
    expect(waits.length).toBeGreaterThanOrEqual(3);
    expect(await stateOf()).toBe('running');
    expect(await isExcluded()).toBe(true);
  });

  it('that refuses to stop goes on, and nothing is excluded', async () => {
    await install('refuses');
    const code = await outcomeOf(protect(block, { stopWinNat: true }, tools()));
    expect(code).toBe('ERROR_INVALID_SERVICE_CONTROL');
    expect(await stateOf()).toBe('running');
    expect(await isExcluded()).toBe(false);
  });

  it('that has been stopped since the look is started again', async () => {
    await install('');
    const onStep = async ({ step }: ProtectionProgress): Promise<void> => {
      if (step.action === 'guard') await stopService(service);
    };
    const options = { stopWinNat: true, onStep: (progress: ProtectionProgress) => void onStep(progress) };
    expect(await outcomeOf(protect(block, options, tools()))).toBe('');
    expect(await stateOf()).toBe('running');
    expect(await isExcluded()).toBe(true);
  });

  it('that dies on its first start is started once more', async () => {
    await install('frail');
    // Its next process ends at once, and removes this.
    writeFileSync(`${fileOf()}.frail`, '');
    expect(await outcomeOf(protect(block, { stopWinNat: true }, tools()))).toBe('');
    expect(existsSync(`${fileOf()}.frail`)).toBe(false);
    expect(await stateOf()).toBe('running');
    expect(await isExcluded()).toBe(true);
  });

  it.each(['guard', 'stop-winnat', 'exclude', 'start-winnat', 'verify'])(
    'runs after an abort at the step %s, and nothing is excluded',
    async (action) => {
      await install('');
      const controller = new AbortController();
      const onStep = ({ step }: ProtectionProgress): void => {
        if (step.action === action) controller.abort(new Error('enough'));
      };
      const running = protect(block, { stopWinNat: true, signal: controller.signal, onStep }, tools());
      expect(await outcomeOf(running)).toBe('enough');
      expect(await stateOf()).toBe('running');
      expect(await isExcluded()).toBe(false);
    },
  );

  it.each([
    ['guard', false],
    ['stop-winnat', false],
    ['exclude', true],
    ['start-winnat', true],
    ['verify', true],
  ])('runs after the process was killed at the step %s', async (action, isStoppedBefore) => {
    await install('');
    const child = startNativeChild('protect-service.mjs', [block.startPort, service, action]);
    if (isStoppedBefore) {
      expect(await child.next()).toBe('stopped');
      await takeBlockAway();
      child.say('freed');
    }
    expect(await child.next()).toBe(action);
    await child.kill();
    await expect.poll(stateOf).toBe('running');
  });

  it('runs after the process was killed while the service was slow to stop', async () => {
    await install('slow');
    const child = startNativeChild('protect-service.mjs', [block.startPort, service, 'exclude']);
    await expect.poll(stateOf).toBe('stop-pending');
    await child.kill();
    rmSync(fileOf());
    await expect.poll(stateOf).toBe('running');
    expect(await isExcluded()).toBe(false);
  });
});

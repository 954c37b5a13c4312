// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import { protect } from '../../../src/machine/protection.js';
import type { ProtectionProgress } from '../../../src/machine/run-plan.js';
import { unprotect } from '../../../src/machine/unprotection.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { installForTest } from '../install-for-test.js';
import { block, rowsOf } from './blocks.js';
import { fakeTools } from './fake-tools.js';

let machine: SimulatedWindows;

beforeEach(() => {
  machine = new SimulatedWindows({ hostPorts: 'any' });
  installForTest(machine);
});

const rows = (): string[] => rowsOf(machine);

describe('free ports', () => {
  it('are excluded, and WinNAT is left alone', async () => {
    const tools = fakeTools();
    const steps: string[] = [];
    const onStep = ({ step }: ProtectionProgress): void => void steps.push(step.action);
    expect(await protect({ ...block, numberOfPorts: 3 }, { onStep }, tools)).toEqual({
      ...{ ...block, numberOfPorts: 3 },
      excluded: [{ ...block, numberOfPorts: 3 }],
      ...{ restartedWinNat: false, freed: [], takenInstead: [], startAgain: [] },
    });
    expect(rows()).toEqual(['3000-3002 *']);
    expect(tools.log).toEqual([]);
    expect(steps).toEqual(['exclude', 'verify']);
  });

  it('that are protected already are left as they are, elevated or not', async () => {
    machine.addExcludedPortRange({ ...block, startPort: 2990, numberOfPorts: 20 });
    installForTest(machine, { elevated: false });
    expect(await protect(block, {}, fakeTools())).toMatchObject({ excluded: [], restartedWinNat: false });
    expect(rows()).toEqual(['2990-3009 *']);
  });

  it('are excluded where they are not yet, and only that is undone', async () => {
    const wanted = { ...block, numberOfPorts: 10 };
    machine.addExcludedPortRange({ ...block, startPort: 3004, numberOfPorts: 2 });
    const excluded = [
      { ...block, numberOfPorts: 4 },
      { ...block, startPort: 3006, numberOfPorts: 4 },
    ];
    expect(await protect(wanted, {}, fakeTools())).toMatchObject({ excluded });
    expect(rows()).toEqual(['3000-3003 *', '3004-3005 *', '3006-3009 *']);
    expect(await unprotect(wanted, false)).toEqual(excluded);
    expect(rows()).toEqual(['3004-3005 *']);
  });

  it('need an elevated process', async () => {
    installForTest(machine, { elevated: false });
    await expect(protect(block, {}, fakeTools())).rejects.toMatchObject({ code: 'ERROR_ACCESS_DENIED', errno: 5 });
    expect(rows()).toEqual([]);
  });
});

describe('an exclusion that does not hold', () => {
  /** Gives the port to a virtual machine that no list shows. */
  function haveHiddenGuest(): void {
    machine = new SimulatedWindows({ hostPorts: 'any', assumptions: { guestPortReservationsAreEnumerated: false } });
    installForTest(machine);
    machine.addUnlistedReservation({ ...block, startPort: 1500, numberOfPorts: 4096 }, 10_048);
  }

  it('because no list shows a reservation is taken back', async () => {
    haveHiddenGuest();
    await expect(protect(block, {}, fakeTools())).rejects.toMatchObject({
      code: 'ERR_NOT_PROTECTED',
      hint: expect.stringMatching(/port 3000 \(WSAEADDRINUSE \(10048\)\).*wsl --shutdown/) as unknown,
    });
    expect(rows()).toEqual([]);
  });

  it.each([
    [
      'active',
      () => {
        machine.deleteExcludedPortRange(block, 'active');
      },
    ],
    [
      'persistent',
      () => {
        machine.deleteExcludedPortRange(block);
        machine.addExcludedPortRange(block, 'active');
      },
    ],
  ])('because it is not in the store %s is taken back', async (store, lose) => {
    const onStep = ({ step }: ProtectionProgress): void => {
      if (step.action === 'verify') lose();
    };
    await expect(protect(block, { onStep }, fakeTools())).rejects.toMatchObject({
      code: 'ERR_NOT_PROTECTED',
      message: expect.stringContaining(`store=${store}`) as string,
    });
    expect([...rows(), ...machine.excludedPortRanges('tcp', 'persistent')]).toEqual([]);
  });

  it('and cannot be taken back is named', async () => {
    haveHiddenGuest();
    machine.failNext('netsh interface ipv4 delete excludedportrange', 5);
    await expect(protect(block, {}, fakeTools())).rejects.toMatchObject({
      code: 'ERR_NOT_PROTECTED',
      hint: expect.stringMatching(/tcp 3000 is still excluded.* exclude delete tcp 3000 1$/) as unknown,
    });
  });
});

describe('the end of a protection', () => {
  it('deletes what was excluded, and nothing else', async () => {
    await protect(block, {}, fakeTools());
    expect(await unprotect(block, false)).toEqual([block]);
    expect(rows()).toEqual([]);
    await expect(unprotect(block, false)).rejects.toMatchObject({ code: 'ERROR_NOT_FOUND' });
  });

  it('refuses the range that Windows itself excludes, and those of others', async () => {
    const own = { ...block, startPort: 50_000, numberOfPorts: 60 };
    machine.addExcludedPortRange(own);
    await expect(unprotect(own, false)).rejects.toMatchObject({
      code: 'ERR_FOREIGN_EXCLUSION',
      hint: expect.stringContaining('Windows itself excludes 50000-50059') as unknown,
    });
    machine.addExcludedPortRange(block);
    await expect(unprotect(block, false)).rejects.toMatchObject({ code: 'ERR_FOREIGN_EXCLUSION' });
    expect(rows()).toEqual(['3000-3000 *', '50000-50059 *']);
    expect(await unprotect(block, true)).toEqual([block]);
    expect(rows()).toEqual(['50000-50059 *']);
  });

  it('refuses a part, and names the block that was protected', async () => {
    await protect({ ...block, numberOfPorts: 10 }, {}, fakeTools());
    await expect(unprotect(block, true)).rejects.toMatchObject({
      code: 'ERR_FOREIGN_EXCLUSION',
      hint: expect.stringContaining('Protected blocks are tcp 3000 10.') as unknown,
    });
  });

  it('forgets exclusions that somebody has deleted since', async () => {
    await protect(block, {}, fakeTools());
    machine.deleteExcludedPortRange(block);
    machine.addExcludedPortRange({ ...block, numberOfPorts: 2 });
    await expect(unprotect(block, false)).rejects.toMatchObject({ code: 'ERR_FOREIGN_EXCLUSION' });
  });

  it('needs an elevated process', async () => {
    machine.addExcludedPortRange(block);
    installForTest(machine, { elevated: false });
    await expect(unprotect(block, true)).rejects.toMatchObject({ code: 'ERROR_ACCESS_DENIED' });
    expect(rows()).toEqual(['3000-3000 *']);
  });
});

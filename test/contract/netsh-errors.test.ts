// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import {
  addExcludedPortRange,
  deleteExcludedPortRange,
  errorCodes,
  getDynamicPortRange,
  listExcludedPortRanges,
} from 'win-port-reservation';
import { createNetsh } from '../../dist/windows/netsh.js';
import { steeredIt } from './needs.js';
import { expectFailure, freeBlock, onMachine, packageCommand, ring, savedMachine, startChild } from './ring.js';
import { hangLimitMs } from '../shared/time-limits.mjs';

describe('errors of netsh', () => {
  const block = { protocol: 'udp', startPort: 7_000, numberOfPorts: 10 } as const;
  const commands = {
    'show excludedportrange': () => listExcludedPortRanges({ protocol: 'udp' }),
    'show dynamicport': () => getDynamicPortRange({ protocol: 'udp' }),
    'add excludedportrange': () => addExcludedPortRange(block),
    'delete excludedportrange': () => deleteExcludedPortRange(block),
  };

  describe.each(Object.entries(commands))('%s', (name, run) => {
    const syscall = `netsh interface ipv4 ${name}`;
    const about = name.startsWith('show') ? 'udp' : 'udp 7000-7009';

    steeredIt.each([
      'ERROR_ACCESS_DENIED',
      'ERROR_SHARING_VIOLATION',
      'ERROR_INVALID_PARAMETER',
      'ERROR_NOT_FOUND',
    ] as const)('tells of %s with its number, by the words for it', async (code) => {
      const { errorNumber } = errorCodes[code];
      await onMachine('failNext', syscall, errorNumber);
      const error = await expectFailure(run(), { code, errno: errorNumber, syscall, protocol: 'udp' });
      expect(error.message).toMatch(new RegExp(`^${syscall} ${code}: .{5,} \\[${about}\\]( No listed .*)?$`));
      expect(error.hint).toMatch(/.{10}/);
    });

    steeredIt('tells of an error without words too', async () => {
      await onMachine('failNext', syscall, 4321);
      const error = await expectFailure(run(), { code: 'ERR_NETSH_FAILED', syscall, protocol: 'udp' });
      expect(error.message).toBe('netsh failed. It ended with exit code 1. It printed nothing.');
      expect(error.hint).toContain(`${syscall} `);
    });
  });

  steeredIt('name WinNAT where it is in the way of an exclusion, and the command that keeps the block', async () => {
    for (const [numberOfPorts, words] of [
      [10, ' 10'],
      [1, ''],
    ] as const) {
      const startPort = await freeBlock(100);
      const winnat = { protocol: 'udp', startPort, numberOfPorts: 100 } as const;
      await onMachine('addForeignReservation', winnat);
      try {
        const error = await expectFailure(addExcludedPortRange({ ...winnat, numberOfPorts }), {
          code: 'ERROR_SHARING_VIOLATION',
        });
        expect(error.blocks).toMatchObject([winnat]);
        expect(error.hint).toContain(`WinNAT has most likely reserved ${startPort}-${startPort + 99}`);
        expect(error.hint?.endsWith(`: ${packageCommand(`protect udp ${startPort}${words}`)}`)).toBe(true);
      } finally {
        await onMachine('deleteForeignReservation', winnat);
      }
    }
  });

  steeredIt('name the program that is in the way of an exclusion, and the command to run next', async () => {
    const startPort = await freeBlock(2);
    const child = startChild('own-port.mjs', 'udp', '127.0.0.1', startPort + 1);
    const { processId, imageName } = await child.next<{ processId: number; imageName: string }>();
    const error = await expectFailure(addExcludedPortRange({ protocol: 'udp', startPort, numberOfPorts: 2 }), {
      code: 'ERROR_SHARING_VIOLATION',
    });
    expect(error.message).toContain(`port ${startPort + 1} is in use by ${imageName} (process ${processId})`);
    expect(error.hint).toContain(packageCommand(`explain udp ${startPort + 1}`));
    await child.finish();
  });

  it.runIf(ring === 'wine')('include that it hangs: then it is killed', async () => {
    const syscall = 'netsh interface ipv4 show dynamicport';
    await onMachine('delayNext', syscall, 2 * hangLimitMs);
    const netsh = createNetsh({ timeLimitMs: 1_000 });
    await expect(netsh(['interface', 'ipv4', 'show', 'dynamicport', 'tcp'])).rejects.toMatchObject({
      code: 'ERR_NETSH_TIMEOUT',
      syscall,
    });
    await getDynamicPortRange();
  });
});

describe('wrong arguments', () => {
  type Call = (...args: unknown[]) => Promise<unknown>;
  const list = listExcludedPortRanges as Call;
  const dynamic = getDynamicPortRange as Call;
  const good = { protocol: 'tcp', startPort: 7_000, numberOfPorts: 10 };

  async function expectRefusal(run: Promise<unknown>, parameter: string, code = 'ERR_INVALID_ARG_TYPE'): Promise<void> {
    const error: unknown = await run.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(code === 'ERR_OUT_OF_RANGE' ? RangeError : TypeError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(`"${parameter}" must be `) as string });
  }

  it('of reading calls are refused', async () => {
    for (const call of [list, dynamic]) {
      await expectRefusal(call(null), 'options');
      await expectRefusal(call('tcp'), 'options');
      await expectRefusal(call({ protocol: 'TCP' }), 'options.protocol');
      await expectRefusal(call({ protocol: null }), 'options.protocol');
      await expectRefusal(call({ family: 5 }), 'options.family');
      await expectRefusal(call({ family: 'ipv4' }), 'options.family');
    }
    await expectRefusal(list({ store: 'registry' }), 'options.store');
  });

  const changes = { addExcludedPortRange, deleteExcludedPortRange } as Record<string, Call>;
  it.each(Object.entries(changes))('of %s are refused', async (_, call) => {
    const before = await savedMachine();
    await expectRefusal(call(), 'block');
    await expectRefusal(call(7_000), 'block');
    await expectRefusal(call({ ...good, protocol: 'both' }), 'block.protocol');
    await expectRefusal(call({ ...good, startPort: '7000' }), 'startPort');
    await expectRefusal(call({ ...good, startPort: 0 }), 'startPort', 'ERR_OUT_OF_RANGE');
    await expectRefusal(call({ ...good, numberOfPorts: undefined }), 'numberOfPorts');
    await expectRefusal(call({ ...good, numberOfPorts: 1.5 }), 'numberOfPorts', 'ERR_OUT_OF_RANGE');
    await expectRefusal(call({ ...good, startPort: 65_530 }), 'numberOfPorts', 'ERR_OUT_OF_RANGE');
    await expectRefusal(call(good, null), 'options');
    await expectRefusal(call(good, { family: 46 }), 'options.family');
    expect(await savedMachine()).toEqual(before);
  });
});

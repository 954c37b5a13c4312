// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import { protect } from '../../../src/machine/protection.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { installForTest } from '../install-for-test.js';
import { block, rowsOf, winNatBlock } from './blocks.js';
import { fakeTools } from './fake-tools.js';

let machine: SimulatedWindows;

beforeEach(() => {
  machine = new SimulatedWindows({ hostPorts: 'any' });
  installForTest(machine);
});

describe('ports that cannot be protected', () => {
  const refused = async (wanted = block): Promise<{ hint: string; code: string }> => {
    const before = machine.save();
    const tools = fakeTools();
    const error = await protect(wanted, { stopWinNat: true }, tools).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_PORTS_TAKEN', startPort: wanted.startPort });
    expect(machine.save()).toEqual(before);
    expect(tools.log).toEqual([]);
    return error as { hint: string; code: string };
  };

  it('are in use, which is told with the program', async () => {
    const program = machine.startProcess({ imageName: 'server.exe', processId: 4711 });
    program.confirmBind(program.openSocket('tcp', 4), 3000, ['0.0.0.0']);
    expect((await refused()).hint).toMatch(/TCP port 3000 is in use by server\.exe \(process 4711\)/);
  });

  it('are published by Docker Desktop for a container', async () => {
    const backend = machine.startProcess({ imageName: 'com.docker.backend.exe', processId: 4711 });
    backend.confirmBind(backend.openSocket('tcp', 4), 3000, ['0.0.0.0']);
    expect((await refused()).hint).toMatch(
      /^Docker Desktop publishes TCP port 3000 .*docker ps --filter publish=3000$/,
    );
  });

  it('are reserved persistently', async () => {
    machine.startProcess().createPersistentPortReservation('tcp', 2995, 10);
    expect((await refused()).hint).toMatch(/TCP 2995-3004 is reserved persistently.* delete tcp 2995 10/);
  });

  /** A process that has reserved ports and has bound one of them, as http.sys has in the kernel. */
  function reserveAndBind(
    imageName: string,
    processId: number,
    startPort: number,
    numberOfPorts: number,
    port: number,
  ) {
    const holder = machine.startProcess({ imageName, processId });
    const owner = holder.openSocket('tcp', 4);
    const { token } = holder.acquirePortReservation(owner, startPort, numberOfPorts);
    const socket = holder.openSocket('tcp', 4);
    holder.associatePortReservation(socket, token);
    holder.confirmBind(socket, port, ['0.0.0.0']);
  }

  it('are reserved by a program with a socket inside', async () => {
    reserveAndBind('quic.exe', 4711, 2999, 4, 3001);
    expect((await refused()).hint).toMatch(
      /TCP 2999-3002 is most likely reserved by quic\.exe \(process 4711\).* port 3001/,
    );
  });

  it('are those of http.sys', async () => {
    reserveAndBind('System', 4, 3000, 1, 3000);
    expect((await refused()).hint).toMatch(/TCP 3000 is reserved by the kernel .*usually http\.sys.*netsh http show/);
  });

  it('are a single port without a star, which is a container', async () => {
    machine.addForeignReservation(block);
    expect((await refused()).hint).toMatch(
      /most likely a published port of a container.*\(docker ps --filter publish=3000\), stop it, protect the ports/,
    );
  });

  it('are excluded only until the next restart, which is told with the command that ends it', async () => {
    machine.addExcludedPortRange(block, 'active');
    await expect(protect(block, {}, fakeTools())).rejects.toMatchObject({
      code: 'ERR_PORTS_TAKEN',
      hint: expect.stringMatching(
        /only until the next restart.*delete excludedportrange protocol=tcp startport=3000 numberofports=1 store=active$/,
      ) as string,
    });
    machine.deleteExcludedPortRange(block, 'active');
    await protect(block, {}, fakeTools());
    machine.restart();
    expect(rowsOf(machine)).toEqual(['3000-3000 *']);
  });

  it('lie in a range that is no block of WinNAT', async () => {
    machine.addForeignReservation({ ...block, startPort: 2990, numberOfPorts: 64 });
    expect((await refused()).hint).toMatch(/2990-3053 is reserved by a part of Windows/);
  });

  it('belong to a virtual machine', async () => {
    machine.addUnlistedReservation({ ...block, startPort: 1500, numberOfPorts: 4096 }, 10_048);
    expect((await refused()).hint).toMatch(/TCP 1500-5595 belongs to a virtual machine.*wsl --shutdown/);
  });

  it('lie in a range as wide as those of WinNAT, which is not running', async () => {
    machine.addForeignReservation(winNatBlock);
    const tools = fakeTools({}, { state: 'stopped' });
    await expect(protect(block, { stopWinNat: true }, tools)).rejects.toMatchObject({
      code: 'ERR_PORTS_TAKEN',
      hint: expect.stringContaining('It is not WinNAT, which is not running.') as unknown,
      blocks: [{ ...winNatBlock, endPort: 3068, administered: false }],
    });
    expect(tools.log).toEqual([]);
  });
});

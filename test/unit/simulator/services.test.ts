// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import { refusalOf } from './helpers.js';

const [stopped, starting, stopping, running] = [1, 2, 3, 4];

let windows: SimulatedWindows;
beforeEach(() => {
  windows = new SimulatedWindows();
});

/** The machine as another run finds it in the file. */
function restored(): SimulatedWindows {
  return SimulatedWindows.restore(JSON.parse(JSON.stringify(windows.save())) as ReturnType<SimulatedWindows['save']>);
}

describe('a service', () => {
  it('starts and stops, whatever the case of its name', () => {
    windows.services.add({ name: 'Spooler' });
    expect(windows.services.query('spooler')).toMatchObject({ name: 'Spooler', state: stopped });
    windows.services.start('SPOOLER');
    expect(windows.services.query('Spooler').state).toBe(running);
    expect(windows.services.stop('spooler').state).toBe(stopped);
  });

  it('refuses what its state does not allow', () => {
    const { services } = windows;
    expect(refusalOf(() => services.query('nobody'))).toBe(1060);
    services.add({ name: 'a', running: true, questionsToStop: 1, questionsToStart: 1 });
    expect(
      refusalOf(() => {
        services.start('a');
      }),
    ).toBe(1056);
    services.stop('a');
    expect(refusalOf(() => services.stop('a'))).toBe(1061);
    expect(
      refusalOf(() => {
        services.start('a');
      }),
    ).toBe(1056);
    services.query('a');
    services.query('a');
    expect(refusalOf(() => services.stop('a'))).toBe(1062);
    services.start('a');
    expect(refusalOf(() => services.stop('a'))).toBe(1061);
  });

  it('that is slow makes progress at each question, also over files', () => {
    windows.services.add({ name: 'slow', questionsToStart: 2, questionsToStop: 1 });
    windows.services.start('slow');
    const seen = [1, 2, 3].map(() => {
      windows = restored();
      const { state, checkPoint } = windows.services.query('slow');
      return [state, checkPoint];
    });
    expect(seen).toEqual([
      [starting, 1],
      [starting, 2],
      [running, 0],
    ]);
    expect(windows.services.stop('slow').state).toBe(stopping);
    expect(windows.services.query('slow')).toMatchObject({ state: stopping, checkPoint: 1 });
    expect(windows.services.query('slow').state).toBe(stopped);
  });

  it.each(['starting', 'stopping'] as const)('that hangs while it is %s never gets there', (hangs) => {
    windows.services.add({ name: 'stuck', hangs, running: hangs === 'stopping' });
    if (hangs === 'starting') windows.services.start('stuck');
    else windows.services.stop('stuck');
    const states = Array.from({ length: 20 }, () => windows.services.query('stuck'));
    expect(new Set(states.map(({ state, checkPoint }) => `${state} ${checkPoint}`)).size).toBe(1);
    expect(states[0]?.state).toBe(hangs === 'starting' ? starting : stopping);
  });

  it('that refuses gives the error it was told, until it is told otherwise', () => {
    const { services } = windows;
    services.add({ name: 'a', refusesToStart: 1058 });
    expect(
      refusalOf(() => {
        services.start('a');
      }),
    ).toBe(1058);
    services.change('a', { refusesToStart: undefined, refusesToStop: 1052 });
    services.start('a');
    expect(refusalOf(() => services.stop('a'))).toBe(1052);
    expect(services.query('a').state).toBe(running);
  });

  it('that dies on start is stopped, with its error', () => {
    windows.services.add({ name: 'a', diesWith: 1067 });
    windows.services.start('a');
    expect(windows.services.query('a')).toMatchObject({ state: stopped, exitCode: 1067 });
  });

  it('comes after those it needs, and keeps them from being stopped', () => {
    const { services } = windows;
    services.add({ name: 'base' });
    services.add({ name: 'top', dependsOn: ['BASE'] });
    services.start('top');
    expect(services.query('base').state).toBe(running);
    expect(refusalOf(() => services.stop('base'))).toBe(1051);
    services.stop('top');
    services.stop('base');
    services.change('base', { refusesToStart: 1058 });
    expect(
      refusalOf(() => {
        services.start('top');
      }),
    ).toBe(1068);
    expect(services.query('top').state).toBe(stopped);
  });

  it('has a process with ports, which go when it stops or when its process ends', () => {
    const listensOn = [{ protocol: 'tcp', port: 80 } as const];
    windows.services.add({ name: 'W3SVC', imageName: 'svchost.exe', listensOn, running: true });
    const [owner] = windows.portOwners('tcp', 80);
    expect(owner).toMatchObject({ imageName: 'svchost.exe' });
    expect(windows.services.namesIn(owner?.processId ?? 0)).toEqual(['W3SVC']);
    windows.services.stop('W3SVC');
    expect(windows.portOwners('tcp', 80)).toEqual([]);

    windows.services.start('w3svc');
    const { processId } = windows.services.query('w3svc');
    const { createdAt = 0n } = windows.processes.list().find((process) => process.processId === processId) ?? {};
    windows.processes.terminate(windows.startProcess(), processId, createdAt);
    expect(windows.services.query('w3svc')).toMatchObject({ state: stopped, exitCode: 1067, processId: 0 });
    expect(windows.portOwners('tcp', 80)).toEqual([]);
  });

  it('runs after a restart if it runs by itself', () => {
    windows.services.add({ name: 'auto', running: true, imageName: 'auto.exe' });
    windows.services.add({ name: 'manual' });
    windows.services.start('manual');
    windows.services.stop('auto');
    windows.restart();
    expect(windows.services.query('auto').state).toBe(running);
    expect(windows.services.query('manual').state).toBe(stopped);
  });

  it('can be uninstalled', () => {
    windows.services.add({ name: 'a', running: true, imageName: 'a.exe' });
    windows.services.remove('A');
    expect(refusalOf(() => windows.services.query('a'))).toBe(1060);
    expect(windows.processes.list()).toEqual([]);
  });
});

describe('WinNAT', () => {
  const block = { protocol: 'tcp', startPort: 2969, numberOfPorts: 100 } as const;
  const ranges = () => windows.excludedPortRanges('tcp').map(({ startPort, endPort }) => [startPort, endPort]);

  it('is installed and stopped on every machine', () => {
    expect(windows.services.query('winnat').state).toBe(stopped);
    expect(windows.winNat.blocks).toEqual([]);
  });

  it('frees its blocks when it stops, and takes others when it starts', () => {
    windows.winNat.addBlock(block);
    expect(windows.services.query('winnat').state).toBe(running);
    expect(ranges()).toEqual([[2969, 3068]]);
    windows.services.stop('winnat');
    expect(ranges()).toEqual([]);
    expect(windows.winNat.blocks).toEqual([]);
    for (let starts = 0; starts < 20; starts += 1) {
      windows.services.start('winnat');
      const [[startPort = 0, endPort = 0] = []] = ranges();
      expect(endPort - startPort).toBe(99);
      expect(startPort).not.toBe(2969);
      expect(startPort).toBeGreaterThanOrEqual(1024);
      expect(endPort).toBeLessThanOrEqual(15_000);
      windows.services.stop('winnat');
    }
  });

  it('goes round exclusions, reservations and sockets', () => {
    windows.winNat.addBlock(block);
    windows.services.stop('winnat');
    windows.addExcludedPortRange({ protocol: 'tcp', startPort: 3000, numberOfPorts: 1 });
    windows.startProcess().listen({ protocol: 'tcp', port: 3100 });
    windows.startProcess().createPersistentPortReservation('tcp', 3201, 10);
    windows.winNat.usePlaces(2969);
    windows.services.start('winnat');
    // From 3001 on no 100 ports are free before 3100, and 3101 to 3200 are.
    expect(windows.winNat.blocks).toEqual([{ protocol: 'tcp', startPort: 3101, numberOfPorts: 100 }]);
  });

  it('keeps to the dynamic range where its block lies there', () => {
    const dynamicRange = { startPort: 50_000, numberOfPorts: 300 };
    windows = new SimulatedWindows({ dynamicRange });
    windows.winNat.addBlock({ ...block, startPort: 50_100 });
    for (let starts = 0; starts < 10; starts += 1) {
      windows.restart();
      const [[startPort = 0] = []] = ranges();
      expect(startPort).toBeGreaterThanOrEqual(50_000);
      expect(startPort).toBeLessThanOrEqual(50_200);
    }
  });

  it('remembers its blocks over files while it is stopped', () => {
    windows.winNat.addBlock(block);
    windows.services.stop('winnat');
    windows = restored();
    windows.winNat.usePlaces(2969);
    windows = restored();
    windows.services.start('winnat');
    expect(ranges()).toEqual([[2969, 3068]]);
  });

  it('refuses a block over what is taken, and takes none then', () => {
    windows.addExcludedPortRange({ protocol: 'tcp', startPort: 3000, numberOfPorts: 1 });
    expect(
      refusalOf(() => {
        windows.winNat.addBlock(block);
      }),
    ).toBe(32);
    expect(windows.services.query('winnat').state).toBe(stopped);
  });

  it('takes the network of running distributions along, until WSL is shut down', () => {
    windows.wsl.start();
    windows.winNat.addBlock(block);
    windows.services.stop('winnat');
    windows.services.start('winnat');
    expect(windows.wsl.distributions).toEqual([{ name: 'Ubuntu', hasNetwork: false }]);
    windows.wsl.shutDown();
    windows.wsl.start();
    expect(windows.wsl.distributions).toEqual([{ name: 'Ubuntu', hasNetwork: true }]);
  });
});

// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import { bindNew, refusalOf } from './helpers.js';

let windows: SimulatedWindows;
beforeEach(() => {
  windows = new SimulatedWindows();
});

/** Goes through a file and back before each step, as a command line does. */
function reopen(): void {
  windows = SimulatedWindows.restore(
    JSON.parse(JSON.stringify(windows.save())) as ReturnType<SimulatedWindows['save']>,
  );
}

/** The outcome of an ordinary bind. */
const bindTo = (port: number, protocol: 'tcp' | 'udp' = 'tcp') =>
  refusalOf(() => bindNew(windows.startProcess(), port, protocol));

const onePort = (startPort: number) => ({ startPort, numberOfPorts: 1, endPort: startPort });

describe('Docker', () => {
  it('is not installed before a container runs', () => {
    expect(windows.docker.isInstalled).toBe(false);
    windows.docker.run({ port: 8080 });
    expect(windows.docker.isInstalled).toBe(true);
  });

  it('Desktop holds the ports of Linux containers with sockets of its backend', () => {
    windows.docker.run({ port: 8080, name: 'web' });
    windows.docker.run({ port: 8081, protocol: 'udp' });
    reopen();
    expect(windows.portOwners('tcp', 8080)).toMatchObject([{ imageName: 'com.docker.backend.exe' }]);
    expect(windows.portOwners('udp', 8081)[0]?.processId).toBe(windows.portOwners('tcp')[0]?.processId);
    expect(windows.excludedPortRanges('tcp')).toEqual([]);
    expect(refusalOf(() => windows.startProcess().listen({ protocol: 'tcp', port: 8080 }))).toBe(10_048);
    windows.docker.stop('web');
    expect(windows.docker.containers).toEqual([
      { name: 'container-8081', port: 8081, protocol: 'udp', heldBy: 'socket' },
    ]);
    expect(windows.portOwners('tcp')).toEqual([]);
    expect(() => {
      windows.docker.stop('web');
    }).toThrow(/web/);
  });

  it('has rows of one port for others, which stopping WinNAT does not free', () => {
    windows.docker.run({ port: 8080, name: 'web', heldBy: 'hns' });
    windows.winNat.addBlock({ protocol: 'tcp', startPort: 9000, numberOfPorts: 100 });
    windows.services.stop('winnat');
    reopen();
    expect(windows.excludedPortRanges('tcp')).toEqual([
      { protocol: 'tcp', ...onePort(8080), administered: false, kind: 'foreign' },
    ]);
    expect(bindTo(8080)).toBe(10_013);
    windows.docker.stop('web');
    expect(bindTo(8080)).toBe(0);
  });

  it('refuses a port in a block of Windows', () => {
    windows.winNat.addBlock({ protocol: 'tcp', startPort: 8000, numberOfPorts: 100 });
    expect(
      refusalOf(() => {
        windows.docker.run({ port: 8080 });
      }),
    ).toBe(10_013);
    expect(
      refusalOf(() => {
        windows.docker.run({ port: 8080, heldBy: 'hns' });
      }),
    ).toBe(32);
    expect(windows.docker.containers).toEqual([]);
  });

  it('loses its containers with its backend, and with a restart', () => {
    windows.docker.run({ port: 8080 });
    windows.docker.run({ port: 8081, heldBy: 'hns' });
    const [backend] = windows.processes.list();
    windows.processes.terminate(windows.startProcess(), backend?.processId ?? 0, backend?.createdAt ?? 0n);
    expect(windows.docker.containers.map(({ port }) => port)).toEqual([8081]);
    expect(bindTo(8080)).toBe(0);
    windows.docker.run({ port: 8082 });
    windows.restart();
    expect(windows.docker.containers).toEqual([]);
    expect([8081, 8082].map((port) => bindTo(port))).toEqual([0, 0]);
  });
});

describe('WSL with mirrored networking', () => {
  it('keeps a block that no list shows from everybody, for both protocols', () => {
    windows.wsl.start({ mode: 'mirrored' });
    reopen();
    expect([bindTo(44_620), bindTo(48_715), bindTo(48_716)]).toEqual([10_013, 10_013, 0]);
    expect(bindTo(44_620, 'udp')).toBe(10_048);
    expect(windows.excludedPortRanges('tcp')).toEqual([]);
    expect(windows.portOwners('tcp', 44_620)).toEqual([]);
    windows.wsl.shutDown();
    expect(bindTo(44_620)).toBe(0);
  });

  it('takes another block where a port of the usual one is taken', () => {
    bindNew(windows.startProcess(), 45_000);
    windows.wsl.start({ mode: 'mirrored' });
    expect([bindTo(44_620), bindTo(37_794), bindTo(44_620, 'udp')]).toEqual([0, 10_013, 10_048]);
  });

  it('holds the port of a program of Linux until a minute after it has ended', () => {
    windows.wsl.start({ mode: 'mirrored', distribution: 'Debian' });
    windows.wsl.listen(3000, 'vite');
    reopen();
    expect(windows.wsl.listeners).toEqual([{ port: 3000, program: 'vite', ended: false }]);
    expect(bindTo(3000)).toBe(10_048);
    windows.wsl.releaseEnded();
    expect(bindTo(3000)).toBe(10_048);
    windows.wsl.end(3000);
    reopen();
    expect(bindTo(3000)).toBe(10_048);
    windows.wsl.releaseEnded();
    expect(bindTo(3000)).toBe(0);
    expect(windows.wsl.listeners).toEqual([]);
  });

  it('refuses a port to Linux that Windows has', () => {
    windows.wsl.start({ mode: 'mirrored' });
    bindNew(windows.startProcess(), 3000);
    expect(
      refusalOf(() => {
        windows.wsl.listen(3000);
      }),
    ).toBe(10_048);
    expect(windows.wsl.listeners).toEqual([]);
  });

  it('ends with its last distribution', () => {
    windows.wsl.start({ mode: 'mirrored', distribution: 'Debian' });
    windows.wsl.start({ distribution: 'Ubuntu' });
    windows.wsl.listen(3000);
    windows.wsl.terminate('Debian');
    expect(bindTo(3000)).toBe(10_048);
    windows.wsl.terminate('Ubuntu');
    expect([bindTo(3000), bindTo(44_620)]).toEqual([0, 0]);
  });

  it('is not there after a restart', () => {
    windows.wsl.start({ mode: 'mirrored' });
    windows.wsl.listen(3000);
    windows.restart();
    expect(windows.wsl.distributions).toEqual([]);
    expect([bindTo(3000), bindTo(44_620)]).toEqual([0, 0]);
    windows.wsl.start();
    expect(windows.wsl.mode).toBe('mirrored');
  });

  it('cannot run beside NAT', () => {
    windows.wsl.start();
    expect(() => {
      windows.wsl.start({ mode: 'mirrored', distribution: 'Debian' });
    }).toThrow(/nat/);
  });
});

describe('WSL with NAT', () => {
  it('lets wslrelay.exe listen for a program of Linux, as long as that runs', () => {
    windows.wsl.start();
    windows.wsl.listen(3000);
    reopen();
    expect(windows.portOwners('tcp', 3000)).toMatchObject([{ imageName: 'wslrelay.exe', address: '127.0.0.1' }]);
    windows.wsl.end(3000);
    expect(windows.portOwners('tcp')).toEqual([]);
    windows.wsl.listen(3001);
    windows.wsl.shutDown();
    expect(windows.portOwners('tcp')).toEqual([]);
    expect(windows.processes.list()).toEqual([]);
    expect(() => {
      windows.wsl.listen(3001);
    }).toThrow(/no distribution/);
  });
});

describe('http.sys', () => {
  it('listens in the kernel, and has a row of its own', () => {
    windows.httpSys.listen(80);
    reopen();
    expect(windows.httpSys.ports).toEqual([80]);
    expect(windows.portOwners('tcp', 80)).toMatchObject([{ processId: 4, imageName: 'System' }]);
    expect(windows.excludedPortRanges('tcp')).toMatchObject([{ ...onePort(80), administered: false }]);
    expect(bindTo(80)).toBe(10_013);
    windows.restart();
    expect(bindTo(80)).toBe(0);
  });
});

describe('MaxUserPort', () => {
  const key = 'SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters';

  it('widens the dynamic range at the next restart, and no longer when it is gone', () => {
    windows.registry.write(key, 'MaxUserPort', 65_534);
    reopen();
    expect(windows.registry.read(key.toLowerCase(), 'MaxUserPort'.toUpperCase())).toBe(65_534);
    expect(windows.dynamicRange.startPort).toBe(49_152);
    windows.restart();
    reopen();
    expect(windows.dynamicRange).toEqual({ startPort: 1024, numberOfPorts: 64_511 });
    expect(windows.dynamicRangeOf('udp')).toEqual({ startPort: 1024, numberOfPorts: 64_511 });
    windows.registry.write(key, 'MaxUserPort', undefined);
    windows.restart();
    expect(windows.dynamicRange).toEqual({ startPort: 49_152, numberOfPorts: 16_384 });
  });

  it('comes before the range that netsh set', () => {
    windows.setDynamicRange({ protocol: 'tcp', startPort: 20_000, numberOfPorts: 1000 });
    expect(windows.dynamicRange.startPort).toBe(20_000);
    windows.registry.write(key, 'MaxUserPort', 60_000);
    windows.restart();
    expect(windows.dynamicRange.startPort).toBe(1024);
    windows.registry.write(key, 'MaxUserPort', undefined);
    reopen();
    windows.restart();
    expect(windows.dynamicRange).toEqual({ startPort: 20_000, numberOfPorts: 1000 });
    expect(windows.dynamicRangeOf('udp').startPort).toBe(49_152);
  });

  it('is a REG_DWORD', () => {
    expect(() => {
      windows.registry.write(key, 'MaxUserPort', -1);
    }).toThrow(RangeError);
  });
});

describe('a process', () => {
  it('is described by what it was started with', () => {
    const startedAt = new Date('2026-01-02T03:04:05.678Z');
    const shell = windows.startProcess({ imageName: 'cmd.exe' });
    windows.startProcess({
      executable: 'C:\\Program Files\\nodejs\\node.exe',
      commandLine: 'node server.js',
      workingDirectory: 'C:\\app',
      userName: 'PC\\ann',
      parentProcessId: shell.processId,
      startedAt,
    });
    reopen();
    expect(windows.processes.list().at(-1)).toMatchObject({
      imageName: 'node.exe',
      parentProcessId: shell.processId,
      createdAt: 116_444_736_000_000_000n + BigInt(startedAt.getTime()) * 10_000n,
      commandLine: 'node server.js',
      workingDirectory: 'C:\\app',
      userName: 'PC\\ann',
    });
  });

  it('hides its command line from those who have no rights over it', () => {
    const secret = windows.startProcess({ elevated: false, userName: 'PC\\ann', commandLine: 'node --key=1' });
    const describe = (asking: { id: number }) => windows.processes.describe(asking, secret.processId)?.commandLine;
    expect(describe(windows.startProcess())).toBe('node --key=1');
    expect(describe(windows.startProcess({ elevated: false, userName: 'PC\\ann' }))).toBe('node --key=1');
    expect(describe(windows.startProcess({ elevated: false, userName: 'PC\\bob' }))).toBe('');
    expect(windows.processes.describe(secret, 12)).toBeUndefined();
  });

  it('that is terminated frees what it held', () => {
    const server = windows.startProcess();
    server.listen({ protocol: 'tcp', port: 3000 });
    const createdAt = windows.processes.list()[0]?.createdAt ?? 0n;
    const other = windows.startProcess({ elevated: false, userName: 'PC\\bob' });
    expect(
      refusalOf(() => {
        windows.processes.terminate(other, server.processId, createdAt);
      }),
    ).toBe(5);
    const admin = windows.startProcess();
    expect(
      refusalOf(() => {
        windows.processes.terminate(admin, server.processId, createdAt + 1n);
      }),
    ).toBe(87);
    expect(windows.portOwners('tcp', 3000)).toHaveLength(1);
    windows.processes.terminate(admin, server.processId, createdAt);
    expect(windows.isRunning(server.id)).toBe(false);
    expect(windows.portOwners('tcp', 3000)).toEqual([]);
    expect(
      refusalOf(() => {
        windows.processes.terminate(admin, server.processId, createdAt);
      }),
    ).toBe(87);
  });

  it('of the kernel is ended by nobody', () => {
    windows.httpSys.listen(80);
    const createdAt = windows.processes.list()[0]?.createdAt ?? 0n;
    expect(
      refusalOf(() => {
        windows.processes.terminate(windows.startProcess(), 4, createdAt);
      }),
    ).toBe(5);
  });

  it('gets an id that no process of the host has, and that none has got', () => {
    const ids = [windows.startProcess(), windows.startProcess({ processId: 17 }), windows.startProcess()].map(
      ({ processId }) => processId,
    );
    expect(ids).toEqual([2 ** 28, 17, 2 ** 28 + 4]);
  });
});

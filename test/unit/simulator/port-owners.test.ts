// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { SimulatedWindows } from '../../../src/simulator/index.js';

describe('the port owners of a machine', () => {
  const windows = new SimulatedWindows();
  const server = windows.startProcess({ processId: 4711, imageName: 'server.exe' });
  const other = windows.startProcess();
  const bind = (process: typeof server, family: 4 | 6, port: number, addresses: string[]) => {
    const socket = process.openSocket('tcp', family);
    process.confirmBind(socket, port, addresses);
    return socket;
  };

  it('are none while no socket is bound', () => {
    server.openSocket('tcp', 4);
    expect(windows.portOwners('tcp')).toEqual([]);
  });

  it('have a row for each address, IPv4 before IPv6, by ascending ports', () => {
    bind(other, 6, 5000, ['::', '0.0.0.0']);
    bind(server, 4, 4000, ['127.0.0.1']);
    const ownServer = { processId: 4711, imageName: 'server.exe' };
    const ownOther = { processId: 2 ** 28, imageName: 'program.exe' };
    expect(windows.portOwners('tcp')).toEqual([
      { family: 4, address: '127.0.0.1', port: 4000, ...ownServer },
      { family: 4, address: '0.0.0.0', port: 5000, ...ownOther },
      { family: 6, address: '::', port: 5000, ...ownOther },
    ]);
    expect(windows.portOwners('udp')).toEqual([]);
  });

  it('have the wildcard address if only the host knows the address', () => {
    bind(server, 6, 6000, []);
    expect(windows.portOwners('tcp').at(-1)).toMatchObject({ family: 6, address: '::', port: 6000 });
  });

  it('are those of all sockets at one port, if a port is given', () => {
    bind(server, 4, 6500, ['127.0.0.1']);
    bind(other, 6, 6500, ['::1']);
    expect(windows.portOwners('tcp', 6500)).toEqual(windows.portOwners('tcp').filter(({ port }) => port === 6500));
    expect(windows.portOwners('tcp', 6500).map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
    expect(windows.portOwners('udp', 6500)).toEqual([]);
    expect(windows.portOwners('tcp', 6501)).toEqual([]);
  });

  it('are in the order in which the sockets of a port were opened, so that a restored machine gives the same', () => {
    const machine = new SimulatedWindows();
    const process = machine.startProcess();
    const [one, two] = [process.openSocket('tcp', 4), process.openSocket('tcp', 4)];
    process.confirmBind(two, 5000, ['127.0.0.2']);
    process.confirmBind(one, 5000, ['127.0.0.1']);
    const owners = machine.portOwners('tcp');
    expect(owners.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.2']);
    expect(SimulatedWindows.restore(machine.save()).portOwners('tcp')).toEqual(owners);
  });

  it('disappear with their sockets and processes, and are kept by a saved machine', () => {
    const socket = bind(other, 4, 7000, ['0.0.0.0']);
    const before = windows.portOwners('tcp');
    expect(SimulatedWindows.restore(windows.save()).portOwners('tcp')).toEqual(before);
    other.closeSocket(socket);
    expect(windows.portOwners('tcp')).toEqual(before.filter(({ port }) => port !== 7000));
    server.exit();
    expect(windows.portOwners('tcp').map(({ port }) => port)).toEqual([5000, 5000, 6500]);
  });
});

// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { getBinding, getNetsh, installBinding } from '../../../src/windows/binding.js';
import { htons } from '../../../src/windows/byte-order.js';
import { packageError } from '../../../src/common/errors.js';
import { explainListenError, explainPort, type PortExplanation } from '../../../src/index.js';
import type { NativeBinding } from '../../../src/windows/native-binding.js';
import { tcpState } from '../../../src/windows/winsock.js';
import { install, SimulatedWindows, type Installation } from '../../../src/simulator/index.js';

let windows: SimulatedWindows;
let simulation: Installation;
let port: number;

beforeEach(async () => {
  const server = net.createServer().listen(0);
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
  server.close();
  await once(server, 'close');
  windows = new SimulatedWindows();
  simulation = install(windows);
});
afterEach(() => {
  simulation.uninstall();
});

const explain = () => explainPort({ protocol: 'tcp', port, host: '127.0.0.1' });
const findingOf = ({ evidence }: PortExplanation, source: string) =>
  evidence.filter((each) => each.source === source).map(({ finding }) => finding);

const show = (what: string) => `netsh interface ipv4 show ${what}`;
const reserve = () => {
  windows.addForeignReservation({ protocol: 'tcp', startPort: port, numberOfPorts: 1 });
};
const reserveUnlisted = () => {
  windows.addUnlistedReservation({ protocol: 'tcp', startPort: port, numberOfPorts: 1 }, 10_013);
};

/** Makes the machine answer some questions differently. */
const answer = (overrides: Partial<NativeBinding>): (() => void) => {
  const binding = new Proxy(getBinding(), {
    get: (target, name): unknown => Reflect.get(overrides, name) ?? Reflect.get(target, name),
  });
  return installBinding(binding, getNetsh());
};

describe('a missing fact', () => {
  it.each([
    [show('excludedportrange'), 5, () => undefined, { cause: 'free', certainty: 'likely' }],
    [show('excludedportrange'), 5, reserve, { cause: 'not-listed', certainty: 'possible' }],
    [show('dynamicport'), 5, reserve, { cause: 'foreign-range', certainty: 'certain' }],
    ['GetExtendedTcpTable', 8, () => undefined, { cause: 'free', certainty: 'likely' }],
    ['GetExtendedTcpTable', 8, reserveUnlisted, { cause: 'guest-reservation', certainty: 'likely' }],
    ['GetExtendedTcpTable', 8, reserve, { cause: 'foreign-range', certainty: 'certain' }],
    ['LookupPersistentTcpPortReservation', 50, reserve, { cause: 'foreign-range', certainty: 'likely' }],
    [
      'HcnEnumerateGuestNetworkPortReservations',
      0x8007_0005,
      reserveUnlisted,
      { cause: 'not-listed', certainty: 'likely' },
    ],
  ])('%s fails with %i: the rest is told', async (call, errorNumber, arrange, expected) => {
    arrange();
    windows.failNext(call, errorNumber);
    const explanation = await explain();
    expect(explanation).toMatchObject(expected);
    expect(findingOf(explanation, call)[0]).toMatch(/^Not known: \S/);
    expect(explanation.evidence.filter(({ finding }) => finding.startsWith('Not known'))).toHaveLength(1);
  });

  it('leaves the process that uses the port, if Windows tells nothing more about it', async () => {
    const row = { address: '127.0.0.1', portNetworkOrder: htons(port), state: tcpState.LISTEN, processId: 77 };
    const uninstall = answer({
      listPortOwners: () => Promise.resolve([{ ...row, imageName: 'node.exe', serviceNames: [] }]),
      openSocket: () => Promise.resolve({ call: 'bind', errorNumber: 10_048 }),
      listProcesses: () => Promise.resolve({ call: 'CreateToolhelp32Snapshot', errorNumber: 8 }),
    });
    const explanation = await explain();
    uninstall();
    const owners = [{ processId: 77, imageName: 'node.exe' }];
    expect(explanation).toMatchObject({ cause: 'in-use', certainty: 'certain', owners });
  });

  it('is named in one line, even if netsh printed much', async () => {
    const lines = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\r\n');
    const uninstall = installBinding(getBinding(), () => Promise.resolve({ exitCode: 1, output: lines }));
    const finding = findingOf(await explain(), show('excludedportrange'))[0];
    uninstall();
    expect(finding).toMatch(/^Not known: netsh failed\. It ended with exit code 1\. It printed:$/);
  });

  it('leaves the other facts when there is no netsh', async () => {
    const missing = () => Promise.reject(packageError('ERR_NETSH_NOT_FOUND', 'C:\\netsh.exe does not exist.'));
    const uninstall = installBinding(getBinding(), missing);
    const explanation = await explain();
    uninstall();
    expect(explanation).toMatchObject({ cause: 'free', certainty: 'likely' });
    expect(findingOf(explanation, show('excludedportrange'))).toEqual([
      'Not known: netsh.exe was not found. C:\\netsh.exe does not exist.',
    ]);
  });

  it('leaves an error and the list when the addon is missing', async () => {
    reserve();
    const error = Object.assign(new Error('no'), { code: 'EACCES', syscall: 'listen', port, address: '::' });
    const noAddon = (): never => {
      throw packageError('ERR_ADDON_NOT_LOADED', 'It is not there.');
    };
    const binding = new Proxy({} as NativeBinding, { get: noAddon });
    const uninstall = installBinding(binding, getNetsh());
    const explanation = await explainListenError(error);
    uninstall();
    expect(explanation).toMatchObject({ cause: 'foreign-range', certainty: 'likely', bindable: false });
    expect(findingOf(explanation, 'bind')).toEqual([
      'Not tried: The native addon could not be loaded. It is not there.',
    ]);
  });
});

describe('of a block that was refused', () => {
  const rowOf = (portOfRow: number, state: number, processId: number) => ({
    address: '127.0.0.1',
    portNetworkOrder: htons(portOfRow),
    state,
    processId,
    imageName: '',
    serviceNames: [],
  });
  const errorOf = (numberOfPorts: number) =>
    Object.assign(new Error('no'), {
      code: 'ERROR_SHARING_VIOLATION',
      errno: 32,
      syscall: 'CreatePersistentTcpPortReservation',
      protocol: 'tcp',
      startPort: 5000,
      numberOfPorts,
    });
  it('a closed connection that lingers is not blamed', async () => {
    const rows = [rowOf(5003, tcpState.TIME_WAIT, 0), rowOf(5007, tcpState.LISTEN, 77)];
    const uninstall = answer({ listPortOwners: () => Promise.resolve(rows) });
    const explanation = await explainListenError(errorOf(20));
    uninstall();
    expect(explanation.port).toBe(5007);
  });

  it('the ports of guests are asked for once', async () => {
    const listGuests = vi.fn(() => Promise.resolve([]));
    const uninstall = answer({
      listGuestPortReservations: listGuests,
      openSocket: () => Promise.resolve({ call: 'bind', errorNumber: 10_013 }),
    });
    const explanation = await explainListenError(errorOf(20));
    uninstall();
    expect(listGuests).toHaveBeenCalledTimes(1);
    expect(findingOf(explanation, 'HcnEnumerateGuestNetworkPortReservations')).toHaveLength(1);
  });
});

describe('a bind', () => {
  it('that was refused only for a moment is tried again', async () => {
    windows.failNext('bind', 10_048);
    expect(await explain()).toMatchObject({ cause: 'free', bindable: true });
  });

  it('that succeeds where a server was listed a moment before is made again: the server has ended since', async () => {
    const row = { address: '127.0.0.1', portNetworkOrder: htons(port), state: tcpState.LISTEN, processId: 77 };
    const tables = [[{ ...row, imageName: '', serviceNames: [] }], []];
    const uninstall = answer({ listPortOwners: () => Promise.resolve(tables.shift() ?? []) });
    const explanation = await explain();
    uninstall();
    expect(explanation).toMatchObject({ cause: 'free', bindable: true, certainty: 'certain' });
    expect(tables).toEqual([]);
  });

  it('is tried at all addresses, and at those of IPv4 if the machine has no IPv6', async () => {
    windows.failNext('WSASocketW', 10_047);
    const explanation = await explainPort({ protocol: 'tcp', port });
    expect(explanation).toMatchObject({ cause: 'free', bindable: true });
    expect(explanation.sentence).toContain('IPv4');
    const [finding, ...others] = findingOf(explanation, 'WSASocketW');
    expect(others).toEqual([]);
    for (const data of ['WSAEAFNOSUPPORT (10047)', `[::]:${port}`]) expect(finding).toContain(data);
  });

  it('that fails for another reason is reported with that reason', async () => {
    windows.failNext('bind', 10_055);
    const explanation = await explain();
    expect(explanation).toMatchObject({ cause: 'not-listed', bindable: false });
    expect(explanation.sentence).toContain('WSAENOBUFS');
  });

  it('leaves no socket behind', async () => {
    await explain();
    reserve();
    await explain();
    expect(windows.save().sockets).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('on a Windows without the addon and without netsh', () => {
  const { platform } = process;
  let api: typeof import('../../../src/index.js');

  beforeEach(async () => {
    // Loads modules that take this system for Windows.
    vi.resetModules();
    Object.defineProperty(process, 'platform', { value: 'win32' });
    api = await import('../../../src/index.js');
  });
  afterEach(() => {
    Object.defineProperty(process, 'platform', { value: platform });
    vi.resetModules();
  });

  it('an error is explained with its own properties', async () => {
    const error = { code: 'EADDRINUSE', syscall: 'listen', port, address: '127.0.0.1' };
    const explanation = await api.explainListenError(error);
    expect(explanation).toMatchObject({ cause: 'in-use', certainty: 'possible', bindable: false, host: '127.0.0.1' });
    expect(findingOf(explanation, 'listen')).toEqual([expect.stringContaining('EADDRINUSE')]);
    expect(findingOf(explanation, 'bind')[0]).toMatch(/^Not tried: The native addon could not be loaded\./);
  });

  it('a question is refused', async () => {
    await expect(api.explainPort({ protocol: 'tcp', port })).rejects.toMatchObject({ code: 'ERR_ADDON_NOT_LOADED' });
  });
});

it.skipIf(process.platform === 'win32')('off Windows a question is refused', async () => {
  simulation.uninstall();
  await expect(explain()).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_PLATFORM' });
  const error = Object.assign(new Error('no'), { code: 'EACCES', syscall: 'listen', port });
  await expect(explainListenError(error)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_PLATFORM' });
});

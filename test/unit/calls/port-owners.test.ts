// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installBinding } from '../../../src/windows/binding.js';
import type { GuestPortReservationRow, NativeBinding, PortOwnerRow } from '../../../src/windows/native-binding.js';
import { createNetsh } from '../../../src/windows/netsh.js';
import { listGuestPortReservations, listPortOwners, type TcpState } from '../../../src/calls/port-owners.js';
import { portsFrom } from '../../shared/ports-from.js';

// Tests what no test machine has: every state of a connection, names that Windows does not tell, and values that later
// versions may add.

const row: PortOwnerRow = {
  address: 'fe80::1%12',
  portNetworkOrder: 0x8813,
  state: 2,
  processId: 4,
  imageName: '',
  serviceNames: ['Dnscache', 'NlaSvc'],
};

let rows: PortOwnerRow[];
let guests: GuestPortReservationRow[] | undefined;
let uninstall: () => void;

beforeEach(() => {
  const binding: Partial<NativeBinding> = {
    listPortOwners: () => Promise.resolve(rows),
    listGuestPortReservations: () => Promise.resolve(guests),
  };
  uninstall = installBinding(binding as NativeBinding, createNetsh());
});

afterEach(() => {
  uninstall();
});

describe('the owner of a port', () => {
  it('has its services, its scope id, and no name if Windows tells none', async () => {
    rows = [row];
    expect(await listPortOwners({ protocol: 'tcp' })).toEqual([
      {
        protocol: 'tcp',
        port: 5000,
        address: 'fe80::1%12',
        state: 'LISTEN',
        processId: 4,
        serviceNames: ['Dnscache', 'NlaSvc'],
      },
    ]);
    expect(Object.keys((await listPortOwners({ protocol: 'tcp' }))[0] ?? {})).not.toContain('imageName');
  });

  it('has each state of tcpmib.h by its name, and no state for other numbers', async () => {
    rows = Array.from({ length: 14 }, (_, state) => ({ ...row, state }));
    const states = (await listPortOwners({ protocol: 'tcp' })).map(({ state }) => state);
    expect(states).toEqual<(TcpState | undefined)[]>([
      undefined,
      'CLOSED',
      'LISTEN',
      'SYN_SENT',
      'SYN_RCVD',
      'ESTAB',
      'FIN_WAIT1',
      'FIN_WAIT2',
      'CLOSE_WAIT',
      'CLOSING',
      'LAST_ACK',
      'TIME_WAIT',
      'DELETE_TCB',
      undefined,
    ]);
  });
});

describe('the port reservations of guests', () => {
  it('include their last port, and have both protocols if Windows says so or gives an unknown value', async () => {
    guests = [
      { protocol: 1, startPort: 5000, endPort: 5000 },
      { protocol: 2, startPort: 5001, endPort: 9096 },
      { protocol: 3, startPort: 1, endPort: 65_535 },
      { protocol: 4, startPort: 7, endPort: 8 },
    ];
    expect(await listGuestPortReservations()).toEqual([
      { protocol: 'tcp', ...portsFrom(5000, 5000) },
      { protocol: 'udp', ...portsFrom(5001, 9096) },
      { protocol: 'both', ...portsFrom(1, 65_535) },
      { protocol: 'both', ...portsFrom(7, 8) },
    ]);
  });

  it('are unknown if Windows has no function for them', async () => {
    guests = undefined;
    expect(await listGuestPortReservations()).toBeUndefined();
  });
});

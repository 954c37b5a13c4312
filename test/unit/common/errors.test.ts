// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { htons, ntohs } from '../../../src/windows/byte-order.js';
import { errorCodes, findErrorCode } from '../../../src/common/error-codes.js';
import { errorFromFailure, PortReservationError } from '../../../src/common/errors.js';
import { simulatedBinding } from '../../../src/simulator/simulated-binding.js';
import { MemoryAccess } from '../../../src/simulator/machine-access.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';

const binding = simulatedBinding(new MemoryAccess(new SimulatedWindows(), true));

describe('the table of error codes', () => {
  it('has every number once, and finds it by its number', () => {
    const rows = Object.entries(errorCodes);
    expect(new Set(rows.map(([, { errorNumber }]) => errorNumber)).size).toBe(rows.length);
    for (const [code, { errorNumber }] of rows) expect(findErrorCode(errorNumber)).toBe(code);
    expect(findErrorCode(4321)).toBeUndefined();
  });
});

describe('an error of a call', () => {
  it('has only the properties that have a value', () => {
    const failure = { call: 'LookupPersistentTcpPortReservation', errorNumber: 1168 };
    const error = errorFromFailure(binding, failure, { protocol: 'tcp', startPort: 5000, numberOfPorts: 1 });
    expect(error).toBeInstanceOf(PortReservationError);
    expect(Object.keys(error).sort()).toEqual(
      ['code', 'errno', 'hint', 'name', 'numberOfPorts', 'protocol', 'startPort', 'syscall'].sort(),
    );
    expect(error.message).toMatch(/ \[tcp 5000\]$/);
  });

  it('is identified by its number if the table has no row', () => {
    const error = errorFromFailure(binding, { call: 'bind', errorNumber: 4321 }, { host: '::1', startPort: 80 });
    expect(error).toMatchObject({ code: 'WIN32_ERROR_4321', errno: 4321, syscall: 'bind' });
    expect(error.message).toBe('bind error 4321: Windows has no text for it. [[::1]:80]');
    expect(error.hint).toMatch(/: net helpmsg 4321$/);
    const result = errorFromFailure(
      binding,
      { call: 'HcnEnumerateGuestNetworkPortReservations', errorNumber: 0x8007_0002 },
      {},
    );
    expect(result.hint).toMatch(/: certutil -error 2147942402$/);
  });
});

describe('byte order', () => {
  it('swaps the bytes of a port in both directions', () => {
    expect(htons(5000)).toBe(0x8813);
    expect(htons(1)).toBe(0x0100);
    for (const port of [0, 1, 255, 256, 5000, 65_535]) expect(ntohs(htons(port))).toBe(port);
  });
});

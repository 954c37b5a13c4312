// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PortReservationError } from '../../../src/common/errors.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';

const parsed = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const about = { protocol: 'tcp', startPort: 5000, numberOfPorts: 20 } as const;

describe('an error in JSON', () => {
  it('has its name, message, code, block and hint, and the token to the last digit', () => {
    const token = 2n ** 64n - 1n;
    const error = new PortReservationError('bind WSAEACCES', {
      ...{ ...about, token, code: 'WSAEACCES', errno: 10013, syscall: 'bind', hint: 'Run it elevated.' },
      blocks: [{ ...about, endPort: 5019, administered: false }],
    });
    expect(parsed(error)).toEqual({
      ...{ ...about, code: 'WSAEACCES', errno: 10013, syscall: 'bind', hint: 'Run it elevated.' },
      name: 'PortReservationError',
      message: 'bind WSAEACCES',
      token: '18446744073709551615',
      blocks: [{ ...about, endPort: 5019, administered: false }],
    });
  });

  it('has its causes', () => {
    const inner = new PortReservationError('inside', { code: 'WSAENOBUFS', token: 7n });
    const outer = new PortReservationError('outside', {
      code: 'ERR_ADOPTION_FAILED',
      cause: Object.assign(new TypeError('between', { cause: inner }), { code: 'EINVAL' }),
    });
    expect(parsed({ errors: [outer] })).toEqual({
      errors: [
        {
          ...{ name: 'PortReservationError', message: 'outside', code: 'ERR_ADOPTION_FAILED' },
          cause: {
            ...{ name: 'TypeError', message: 'between', code: 'EINVAL' },
            cause: { name: 'PortReservationError', message: 'inside', code: 'WSAENOBUFS', token: '7' },
          },
        },
      ],
    });
  });

  it('cuts circles and unreadable values, and never throws', () => {
    const hostile = {
      get field(): never {
        throw new Error('not for you');
      },
      toText: { toJSON: () => ({ amount: 5n }) },
      when: new Date(0),
    };
    const error = new PortReservationError('round', { code: 'WSAEINVAL', cause: hostile });
    Object.assign(error, { itself: [error] });
    expect(parsed(error)).toMatchObject({
      cause: { field: '[cannot be read]', toText: { amount: '5' }, when: '1970-01-01T00:00:00.000Z' },
      itself: ['[...]'],
    });
    const proxy = new Proxy({}, { ownKeys: () => [1] as never });
    expect(parsed(new PortReservationError('', { code: 'WSAEINVAL', cause: proxy }))).toMatchObject({
      cause: '[cannot be read]',
    });
  });

  it('can be written with any cause', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    fc.assert(
      fc.property(anything, (cause) => {
        const error = new PortReservationError('any', { code: 'WSAEINVAL', cause });
        expect(parsed(error)).toMatchObject({ message: 'any', code: 'WSAEINVAL' });
      }),
    );
  });
});

describe('the simulated Windows in JSON', () => {
  it('has its tokens as decimal strings', () => {
    const windows = new SimulatedWindows();
    const process = windows.startProcess();
    const token = process.createPersistentPortReservation('tcp', 5000, 20);
    expect(parsed(windows.persistentReservations('tcp'))).toEqual([{ ...about, token: String(token) }]);
    const acquired = process.acquirePortReservation(process.openSocket('udp', 4), 0, 2);
    expect(parsed(acquired)).toEqual({ ...acquired, token: String(acquired.token) });
  });
});

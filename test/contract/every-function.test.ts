// SPDX-License-Identifier: MIT
// Each public function reads the caller's objects once and at once, checks each field, and takes no field that only
// Object.prototype has.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as api from 'win-port-reservation';
import { publicCalls, refuseAll, type PublicCall } from './every-function.js';

const socket = await api.ReservationSocket.open({ protocol: 'tcp' });
const table = publicCalls(socket);
let stopRefusing: () => void;

beforeAll(() => {
  stopRefusing = refuseAll();
});
afterAll(async () => {
  stopRefusing();
  await socket.close();
});

/** The ways to pass another value than the valid one: in place of an argument, or of a field of one. */
interface Place {
  readonly name: string;
  /** Gives the arguments with another value in this place; without one, the field is missing. */
  readonly put: (...values: readonly unknown[]) => unknown[];
  readonly valid: unknown;
}

function placesOf({ args }: PublicCall): Place[] {
  return args.flatMap((arg, index) => {
    const replace = (value: unknown): unknown[] => args.with(index, value);
    if (typeof arg !== 'object' || arg === null) return [{ name: `argument ${index}`, put: replace, valid: arg }];
    return Object.entries(arg).map(([name, valid]) => {
      const others = Object.fromEntries(Object.entries(arg).filter(([other]) => other !== name));
      const put = (...values: readonly unknown[]) =>
        replace(values.length === 0 ? others : { ...arg, [name]: values[0] });
      return { name, put, valid: valid as unknown };
    });
  });
}

type Outcome = { readonly value: unknown } | { readonly error: Error & { code?: unknown } };

async function outcomeOf(
  { call }: PublicCall,
  args: readonly unknown[],
  atOnce = (): void => undefined,
): Promise<Outcome> {
  try {
    const result = call(...(args as never[]));
    atOnce();
    return { value: await result };
  } catch (error) {
    atOnce();
    return { error: error as Error };
  }
}

/** Shows an outcome without its stack and times. */
function shown(outcome: Outcome): unknown {
  if ('value' in outcome) return { value: outcome.value };
  const { name, code, message } = outcome.error;
  return { name, code, message };
}

function isRefusal(outcome: Outcome): boolean {
  return 'error' in outcome && outcome.error.code === 'ERR_INVALID_ARG_TYPE';
}

const inspect = Symbol.for('nodejs.util.inspect.custom');
const wrongValues = [
  Symbol('a symbol'),
  { [inspect]: () => 'x'.repeat(1_500_000), '\u001b[2J': '\u202e' },
  () => '\u001b[2J',
  new Proxy(() => undefined, { get: () => expect.fail('read') }),
];

it('the table has every function and class of the package', () => {
  const withoutArguments = ['isElevated', 'listGuestPortReservations'];
  const functions = Object.entries(api).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
  const named = [...Object.keys(table).map((name) => name.split('.')[0]), ...withoutArguments];
  expect([...new Set(named)].toSorted()).toEqual(functions.toSorted());
});

describe.each(Object.entries(table))('%s', (_, each) => {
  it('refuses a wrong value in every field, in a message that fits on a line', async () => {
    for (const { name, put, valid } of placesOf(each)) {
      if (each.open?.includes(name) === true) continue;
      for (const value of [...wrongValues, ...(typeof valid === 'bigint' ? [] : [5n])]) {
        if (typeof valid === 'function' && typeof value === 'function') continue;
        const outcome = await outcomeOf(each, put(value));
        expect(shown(outcome), name).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
        const { message } = (outcome as { error: Error }).error;
        expect(message.length).toBeLessThan(400);
        expect(message).toMatch(/^\P{Cc}*$/u);
      }
    }
  });

  it('shortens a text that is far too long', async () => {
    for (const { put, valid } of placesOf(each)) {
      if (valid !== '127.0.0.1' || each === table['PortReservationError']) continue;
      const outcome = await outcomeOf(each, put('x'.repeat(1_000_000)));
      if ('error' in outcome) expect(outcome.error.message.length).toBeLessThan(400);
    }
  });

  it('reads each field once, before it returns', async () => {
    const reads: Record<string, number> = {};
    const watched = each.args.map((arg, index) => {
      if (typeof arg !== 'object' || arg === null) return arg;
      const properties = Object.entries(arg).map(([name, value]) => {
        const key = `${name} of argument ${index}`;
        const get = (): unknown => {
          reads[key] = (reads[key] ?? 0) + 1;
          return reads[key] === 1 ? (value as unknown) : 'changed since';
        };
        return [name, { get, enumerable: true }] as const;
      });
      return Object.defineProperties({}, Object.fromEntries(properties));
    });
    let atOnce: Record<string, number> | undefined;
    await outcomeOf(each, watched, () => {
      atOnce = { ...reads };
    });
    expect(reads).toEqual(atOnce);
    for (const [key, count] of Object.entries(reads)) expect([key, count]).toEqual([key, 1]);
  });

  it('takes no field that only Object.prototype has', async () => {
    for (const { name, put } of placesOf(each)) {
      if (name.startsWith('argument ')) continue;
      const clean = await outcomeOf(each, put());
      // Only until the function returns: what Node does later is not about this.
      Object.defineProperty(Object.prototype, name, { value: Symbol('polluted'), configurable: true, writable: true });
      const polluted = await outcomeOf(each, put(), () => Reflect.deleteProperty(Object.prototype, name));
      if (each.isStateful === true) expect(isRefusal(polluted), name).toBe(isRefusal(clean));
      else expect(shown(polluted), name).toEqual(shown(clean));
    }
  });
});

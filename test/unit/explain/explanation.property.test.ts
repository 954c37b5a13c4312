// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainFacts } from '../../../src/explain/explain.js';
import type { EarlierRefusal, Fact, PortFacts } from '../../../src/explain/facts/facts.js';
import type { ExcludedPortRange, PortRange } from '../../../src/common/ports.js';
import type { PortExplanation } from '../../../src/explain/port-explanation.js';
import type { GuestPortReservation, PortOwner } from '../../../src/calls/port-owners.js';
import { portsFrom } from '../../shared/ports-from.js';

// For any facts, even impossible ones, the explanation must not contradict them or itself.

const port = 3000;
const protocol = fc.constantFrom('tcp' as const, 'udp' as const);
const address = fc.constantFrom('::', '0.0.0.0', '127.0.0.1', '::1');

const fact = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Fact<Value>> =>
  fc.oneof(
    { weight: 3, arbitrary: value.map((each) => ({ known: true as const, value: each })) },
    { weight: 1, arbitrary: fc.constant({ known: false as const, why: 'There was no answer.' }) },
  );
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const block: fc.Arbitrary<PortRange> = fc
  .tuple(fc.integer({ min: 2990, max: 3010 }), fc.constantFrom(1, 20, 64, 100, 4096))
  .map(([startPort, numberOfPorts]) => ({ startPort, numberOfPorts }));
const around = block.map((range) => ({ ...range, startPort: Math.min(range.startPort, port), numberOfPorts: 4096 }));

/** Makes a list like that of Windows: ascending, and no two ranges share a port. */
const ranges: fc.Arbitrary<ExcludedPortRange[]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom(1, 10, 64, 100), fc.boolean()), { maxLength: 4 })
  .map((rows) => {
    let next = 2850;
    return rows.map(([gap, width, isAdministered]) => {
      const startPort = next + gap;
      next = startPort + width;
      return { protocol: 'tcp', ...portsFrom(startPort, next - 1), administered: isAdministered };
    });
  });

const owner: fc.Arbitrary<PortOwner> = fc.record({
  protocol,
  port: fc.constant(port),
  address,
  state: fc.constantFrom('LISTEN' as const, 'ESTAB' as const, 'TIME_WAIT' as const),
  processId: fc.constantFrom(0, 4, 77, 4242),
  serviceNames: fc.constantFrom([], ['Spooler'], ['iphlpsvc'], ['one', 'two']),
});
const guest: fc.Arbitrary<GuestPortReservation> = fc
  .tuple(block, fc.constantFrom('tcp' as const, 'udp' as const, 'both' as const))
  .map(([{ startPort, numberOfPorts }, each]) => {
    return { protocol: each, ...portsFrom(startPort, startPort + numberOfPorts - 1) };
  });

const errorNumber = fc.constantFrom(0, 0, 10_013, 10_013, 10_048, 10_048, 10_049, 10_047, 10_055);
const refusal: fc.Arbitrary<EarlierRefusal> = fc.constantFrom(
  { call: 'listen', code: 'EACCES', errorNumber: 10_013 },
  { call: 'listen', code: 'EADDRINUSE', errorNumber: 10_048 },
  { call: 'bind', code: 'EADDRNOTAVAIL', errorNumber: 10_049 },
  { call: 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)', code: 'WSAEACCES', errorNumber: 10_013 },
  { call: 'CreatePersistentTcpPortReservation', code: 'ERROR_SHARING_VIOLATION', errorNumber: 32 },
);

const facts: fc.Arbitrary<PortFacts> = fc.record({
  protocol,
  port: fc.constant(port),
  host: maybe(fc.constant('127.0.0.1')),
  refusal: maybe(refusal),
  attempts: fact(
    fc.array(fc.record({ address, call: fc.constant('bind'), errorNumber }), { minLength: 1, maxLength: 2 }),
  ),
  ranges: fact(ranges),
  dynamicRange: fact(block),
  owners: fact(fc.array(owner, { maxLength: 4 })),
  elevated: fact(fc.boolean()),
  ownBlock: maybe(around.map((range) => ({ ...range, protocol: 'tcp' as const }))),
  processId: fc.constant(4242),
  platform: fc.constantFrom('win32' as const, 'linux' as const),
  persistent: maybe(fact(maybe(around.map((range) => ({ ...range, protocol: 'tcp' as const }))))),
  neighbors: maybe(fact(fc.array(owner, { maxLength: 3 }))),
  guests: maybe(fact(maybe(fc.array(guest, { maxLength: 3 })))),
  nearbyPort: maybe(fc.integer({ min: 1024, max: 65_535 })),
});

const holds = (check: (explanation: PortExplanation, from: PortFacts) => void): void => {
  fc.assert(
    fc.property(facts, (from) => {
      check(explainFacts(from), from);
    }),
    { numRuns: 2000 },
  );
};

describe('for any facts, the explanation', () => {
  it('reports a port as free only if a bind worked', () => {
    holds(({ bindable, cause, sentence }, { attempts }) => {
      expect(bindable).toBe(attempts.known && attempts.value.at(-1)?.errorNumber === 0);
      if (!bindable) expect(cause).not.toBe('free');
      if (!bindable) expect(sentence).not.toMatch(/\bfree\b/);
    });
  });

  it('never reports a used or reserved port as free', () => {
    holds(({ cause, range }, { attempts, owners, ownBlock }) => {
      if (cause !== 'free') return;
      expect(range).toBeUndefined();
      expect(ownBlock).toBeUndefined();
      const tried = attempts.known ? attempts.value.map((attempt) => attempt.address) : [];
      const listening = owners.known ? owners.value.filter(({ state }) => state === 'LISTEN') : [];
      // A server at one address leaves the other addresses free.
      expect(listening.filter((each) => each.address === '::' || tried.includes(each.address))).toEqual([]);
      if (tried.includes('::')) expect(listening).toEqual([]);
    });
  });

  it('blames no range without the port, nor a range with a star for a refusal', () => {
    holds(({ bindable, cause, range, sentence }, from) => {
      const others = from.ranges.known ? from.ranges.value.filter((each) => each !== range) : [];
      for (const { startPort, endPort } of others) expect(sentence).not.toContain(`${startPort}-${endPort},`);
      if (range) expect(range.startPort <= port && port <= range.endPort).toBe(true);
      if (cause === 'foreign-range') expect(range?.administered).toBe(false);
      if (cause === 'administered-range') expect([range?.administered, bindable]).toEqual([true, true]);
    });
  });

  it('names only owners in the table', () => {
    holds(({ owners }, from) => {
      const known = from.owners.known ? from.owners.value : [];
      for (const each of owners) expect(known).toContain(each);
    });
  });

  it('is one sentence without gaps, and plain data', () => {
    holds((explanation) => {
      expect(explanation.sentence).toMatch(/^[^\n]+\.$/);
      expect(JSON.stringify(explanation)).not.toMatch(/undefined|NaN|\[object| {2}/);
      expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
    });
  });

  it('advises to exclude or reserve a port only if no other program has it', () => {
    holds(({ advice, cause }) => {
      const isKept = /add excludedportrange|reservation create/.test(JSON.stringify(advice));
      if (isKept) expect(['free', 'foreign-range']).toContain(cause);
    });
  });

  it('is never certain of a cause that an unreadable list may contradict', () => {
    holds(({ cause, certainty }, { ranges: list, owners }) => {
      if (list.known && owners.known) return;
      if (['free', 'not-listed', 'exclusive-use'].includes(cause)) expect(certainty).not.toBe('certain');
    });
  });

  it('is no more certain of the same cause when the lists are missing', () => {
    const ranks = { possible: 0, likely: 1, certain: 2 };
    holds(({ cause, certainty }, from) => {
      const missing = { known: false, why: 'There was no answer.' } as const;
      const less = explainFacts({ ...from, ranges: missing });
      if (less.cause === cause) expect(ranks[less.certainty]).toBeLessThanOrEqual(ranks[certainty]);
    });
  });
});

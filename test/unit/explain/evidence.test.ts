// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { explainFacts } from '../../../src/explain/explain.js';
import type { PortFacts } from '../../../src/explain/facts/facts.js';
import { administered, eacces, known, ownerOf, refusedFactsOf, unknown, winnat, neighbor, hcn } from './facts-of.js';
import { portsFrom } from '../../shared/ports-from.js';

describe('the evidence', () => {
  it('has every fact, or the reason why it is missing', () => {
    const why = 'netsh did not end in time, and was killed.';
    const { evidence } = explainFacts(
      refusedFactsOf(10_013, {
        refusal: eacces,
        ranges: unknown(why),
        owners: known([ownerOf()]),
        neighbors: known([neighbor]),
        guests: known([hcn]),
      }),
    );
    const expected: [source: string, ...data: string[]][] = [
      ['listen', 'EACCES'],
      ['bind', 'WSAEACCES (10013)', '[::]:3000'],
      ['bind', 'WSAEACCES (10013)', '0.0.0.0:3000'],
      ['netsh interface ipv4 show excludedportrange', why],
      ['LookupPersistentTcpPortReservation'],
      ['GetExtendedTcpTable', 'node.exe (process 1234)', '0.0.0.0', 'LISTEN'],
      ['GetExtendedTcpTable', 'quic.exe (process 77)'],
      ['HcnEnumerateGuestNetworkPortReservations', '2900-6995'],
      ['netsh interface ipv4 show dynamicport', '49152-65535', '3000'],
    ];
    expect(evidence.map(({ source }) => source)).toEqual(expected.map(([source]) => source));
    for (const [index, [, ...data]] of expected.entries()) {
      for (const each of data) expect(evidence[index]?.finding).toContain(each);
    }
  });

  it('has the range, its width, and the program that uses that width', () => {
    const findingOf = (range: typeof winnat, facts: Partial<PortFacts> = {}) => {
      const { evidence } = explainFacts(refusedFactsOf(10_013, { ranges: known([range]), ...facts }));
      return evidence.find(({ source }) => source.endsWith('show excludedportrange'))?.finding;
    };
    expect(findingOf(winnat)).toMatch(/2969-3068.*\b100 ports.*WinNAT/);
    expect(findingOf({ ...winnat, ...portsFrom(2969, 3032) })).toMatch(/2969-3032.*\b64 ports.*HNS/);
    expect(findingOf(administered)).toMatch(/2990-3010.*\b21 ports/);
    expect(findingOf(administered)).not.toMatch(/WinNAT|HNS/);
  });
});

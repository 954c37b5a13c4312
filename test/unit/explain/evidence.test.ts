// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { explainFacts } from '../../../src/explain/explain.js';
import { administered, eacces, known, ownerOf, refusedFactsOf, unknown, winnat, neighbour, hcn } from './facts-of.js';

describe('the evidence', () => {
  it('has every fact, and why those are missing that are', () => {
    const { evidence } = explainFacts(
      refusedFactsOf(10_013, {
        refusal: eacces,
        ranges: unknown('netsh did not end in time, and was killed.'),
        owners: known([ownerOf()]),
        neighbours: known([neighbour]),
        guests: known([hcn]),
      }),
    );
    expect(evidence).toEqual([
      { source: 'listen', finding: 'It was refused with EACCES.' },
      { source: 'bind', finding: 'It was refused with WSAEACCES (10013) at [::]:3000.' },
      { source: 'bind', finding: 'It was refused with WSAEACCES (10013) at 0.0.0.0:3000.' },
      {
        source: 'netsh interface ipv4 show excludedportrange',
        finding: 'Not known: netsh did not end in time, and was killed.',
      },
      {
        source: 'LookupPersistentTcpPortReservation',
        finding: 'There is no persistent reservation by these numbers.',
      },
      { source: 'GetExtendedTcpTable', finding: 'node.exe (process 1234) has it at 0.0.0.0 (LISTEN).' },
      { source: 'GetExtendedTcpTable', finding: 'Ports of the range have quic.exe (process 77).' },
      {
        source: 'HcnEnumerateGuestNetworkPortReservations',
        finding: '2900-6995 belongs to a virtual machine or a container.',
      },
      {
        source: 'netsh interface ipv4 show dynamicport',
        finding: 'Windows chooses ports from 49152-65535; 3000 is none of them.',
      },
    ]);
  });

  it('says how one knows whose a range is', () => {
    const findings = (range: typeof winnat) =>
      JSON.stringify(explainFacts(refusedFactsOf(10_013, { ranges: known([range]) })).evidence);
    expect(findings(winnat)).toContain('100 ports, which is how many WinNAT takes at a time; without a star');
    expect(findings({ ...winnat, endPort: 3032 })).toContain('64 ports, which is how many HNS takes');
    expect(findings(administered)).toContain('with a star: an administrator excluded it, and it refuses no bind');
  });
});

// SPDX-License-Identifier: MIT
import { parseExcludedPortRanges } from '../../calls/parse-excluded-port-ranges.js';
import { contains, portsText } from '../../common/port-ranges.js';
import type { ExcludedPortRange, Protocol } from '../../common/ports.js';
import type { Netsh } from '../../windows/netsh.js';
import { exitCodes } from '../exit-codes.js';
import type { Outcome } from '../outcome.js';
import { answerLines } from '../wrap.js';

/**
 * Tells of ports what netsh alone knows, inside a WSL that finds no Node.js of Windows. netsh can say that Windows refuses
 * a port, and never that a port is free.
 */
export async function explainByNetsh(
  netsh: Netsh,
  { protocol, ports }: { readonly protocol: Protocol; readonly ports: readonly number[] },
): Promise<Outcome> {
  const args = ['interface', 'ipv4', 'show', 'excludedportrange', `protocol=${protocol}`];
  const ranges = parseExcludedPortRanges((await netsh(args)).output, protocol);
  const answers = ports.map((port) => answerFor(protocol, port, ranges));
  return {
    data: {},
    text: (style) =>
      answers
        .flatMap(({ isRefused, sentence }) => {
          const [word, color] = isRefused ? (['no:', 'red'] as const) : (['not known:', 'yellow'] as const);
          return [...answerLines(word, color, sentence, style), ''];
        })
        .join('\n'),
    exitCode: answers.every(({ isRefused }) => isRefused) ? exitCodes.no : exitCodes.failed,
    notes: [
      'This WSL finds no node.exe of Windows, so netsh.exe answered. It knows only the excluded ranges: not which programs ' +
        'use a port, nor which ports WSL with mirrored networking holds. Install Node.js in Windows for the full answer.',
    ],
  };
}

function answerFor(
  protocol: Protocol,
  port: number,
  ranges: readonly ExcludedPortRange[],
): { isRefused: boolean; sentence: string } {
  const name = `${protocol.toUpperCase()} port ${port}`;
  const range = ranges.find((each) => contains(each, port));
  if (range === undefined) return { isRefused: false, sentence: `${name} lies in no excluded range of Windows.` };
  const ports = portsText(range);
  if (range.administered) {
    const sentence = `${name} lies in ${ports}, which an administrator excluded or reserved: programs can bind an excluded port.`;
    return { isRefused: false, sentence };
  }
  const sentence = `${name} lies in ${ports}, which a part of Windows has reserved, usually for Hyper-V, WSL or Docker. Windows refuses binds there.`;
  return { isRefused: true, sentence };
}

// SPDX-License-Identifier: MIT
import { setTimeout } from 'node:timers/promises';
import { listPortOwners } from '../../calls/port-owners.js';
import { explainPort } from '../../explain/explain-port.js';
import type { PortAdvice, PortExplanation } from '../../explain/port-explanation.js';
import type { Protocol } from '../../common/ports.js';
import { exitCodes } from '../exit-codes.js';
import { interruptible } from '../interruptions.js';
import type { Outcome, Style } from '../outcome.js';
import { answerLines, wrap } from '../wrap.js';

export interface ExplainOptions {
  /** Default TCP for ports, and both for a process. */
  readonly protocol?: Protocol | undefined;
  /** One at least, or none with `pid`. */
  readonly ports: readonly number[];
  /** The id of a process: asks about the ports of its servers and UDP sockets. */
  readonly pid?: number;
  readonly host?: string;
  /** Whether to print the questions to Windows and their answers. */
  readonly evidence?: boolean;
}

/** Explains one port, or several: one after the other, because each answer takes several runs of netsh. */
export async function explain({
  protocol,
  ports,
  pid,
  evidence = false,
  ...options
}: ExplainOptions): Promise<Outcome> {
  const explanations: PortExplanation[] = [];
  const asked =
    pid === undefined ? ports.map((port) => ({ protocol: protocol ?? 'tcp', port })) : await portsOf(pid, protocol);
  for (const each of asked) explanations.push(await explainPort({ ...options, ...each }));
  const [only, ...others] = explanations;
  return {
    data: only && others.length === 0 ? only : { explanations },
    text: (style) =>
      asked.length === 0
        ? `process ${String(pid)} has no ${protocol === undefined ? '' : `${protocol.toUpperCase()} `}server\n`
        : explanations.map((each) => `${explanationLines(each, evidence, style).join('\n')}\n`).join('\n'),
    exitCode: explanations.every(({ bindable }) => bindable) ? exitCodes.done : exitCodes.no,
  };
}

/** Finds the ports at which a process serves, by protocol, each once although it may be bound at several addresses. */
async function portsOf(processId: number, protocol?: Protocol): Promise<{ protocol: Protocol; port: number }[]> {
  const owners = await listPortOwners({ processId, protocol });
  const servers = owners.filter(({ state }) => state === undefined || state === 'LISTEN');
  const byName = new Map(servers.map((owner) => [`${owner.protocol} ${owner.port}`, owner]));
  return [...byName.values()].map(({ protocol: own, port }) => ({ protocol: own, port }));
}

/** Waits until it is time to ask again; resolves to false where the user has ended the watch. */
export type WaitToAsk = (signal: AbortSignal) => Promise<boolean>;

const waitTwoSeconds: WaitToAsk = (signal) =>
  setTimeout(2000, true, { signal }).catch((error: unknown) => {
    if (signal.aborted) return false;
    throw error;
  });

/**
 * Shows the answer, and again whenever it has changed, until Ctrl+C. The outcome has the exit code of the last answer, and
 * nothing more to print.
 */
export async function watchPorts(
  options: ExplainOptions,
  show: (outcome: Outcome) => void,
  wait: WaitToAsk = waitTwoSeconds,
): Promise<Outcome> {
  const plain: Style = Object.assign((_: unknown, text: string) => text, { width: Infinity, tableWidth: Infinity });
  return interruptible(async (signal) => {
    let shown: string | undefined;
    let outcome: Outcome;
    do {
      outcome = await explain(options);
      const text = outcome.text(plain);
      if (text !== shown) show(shown === undefined ? outcome : { ...outcome, text: afterBlankLine(outcome) });
      shown = text;
    } while (await wait(signal));
    return { ...outcome, text: () => '' };
  });
}

function afterBlankLine({ text }: Outcome): Outcome['text'] {
  return (style) => `\n${text(style)}`;
}

function explanationLines(
  { bindable, certainty, sentence, advice, evidence }: PortExplanation,
  withEvidence: boolean,
  style: Style,
): string[] {
  const [answer, color] = bindable ? (['yes:', 'green'] as const) : (['no:', 'red'] as const);
  const doubt = certainty === 'certain' ? '' : ` (${certainty})`;
  const lines = answerLines(answer, color, sentence + doubt, style);
  if (advice.length > 0)
    lines.push('', style('bold', 'what to do:'), ...advice.flatMap((each, index) => adviceLines(each, index, style)));
  if (withEvidence) {
    lines.push('', style('bold', 'evidence:'));
    lines.push(...evidence.flatMap(({ source, finding }) => wrap(`${source}: ${finding}`, style, '  - ')));
  }
  return lines;
}

function adviceLines({ text, commands, call, elevated, cost }: PortAdvice, index: number, style: Style): string[] {
  const lines = wrap(text, style, `${index + 1}. `.padStart(5));
  if (cost !== undefined) lines.push(...wrap(cost, style, '     but: '));
  const code = commands ?? (call === undefined ? [] : [call]);
  if (elevated && code.length > 0) lines.push('     in an elevated process:');
  return [...lines, ...code.map((line) => `       ${line}`)];
}

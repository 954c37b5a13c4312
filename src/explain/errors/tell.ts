// SPDX-License-Identifier: MIT
import { printableLines } from '../../common/printable.js';
import type { PortExplanation } from '../port-explanation.js';
import type { Protocol } from '../../common/ports.js';
import { askWorker, type ListenError } from './ask-worker.js';

/** A program that looks for a free port by trying one after the other is not held up for each of them. */
const mostTold = 5;

const told: PortExplanation[] = [];

/** Tells whether the user wants to read why a bind failed even if the program never prints its error. */
export function tellsOnStderr(): boolean {
  return process.env['WIN_PORT_RESERVATION_EXPLAIN'] === 'stderr';
}

/**
 * Writes to the standard error why a bind failed, while this thread waits for the answer.
 *
 * @returns The explanation; undefined where nothing was written: for a port that was explained before or lies in a range
 * that was, after the fifth explanation, and for an error that cannot be explained.
 */
export function tell(error: ListenError, protocol: Protocol): PortExplanation | undefined {
  const { message, port } = error;
  if (told.length >= mostTold || told.some((explanation) => covers(explanation, protocol, port))) return undefined;
  const answer = askWorker(error, protocol);
  if (!answer) return undefined;
  told.push(answer.explanation);
  process.stderr.write(`win-port-reservation: ${printableLines(message)}\n${answer.text}\n`);
  return answer.explanation;
}

function covers({ protocol, port, range }: PortExplanation, otherProtocol: Protocol, otherPort: number): boolean {
  if (protocol !== otherProtocol) return false;
  return port === otherPort || (range !== undefined && range.startPort <= otherPort && otherPort <= range.endPort);
}

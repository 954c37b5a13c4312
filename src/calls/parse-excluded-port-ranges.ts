// SPDX-License-Identifier: MIT
import { checkProtocol, invalidType } from '../common/arguments.js';
import { isPort, lastPortOf, lengthOf, maxPort } from '../common/port-ranges.js';
import { netshError } from '../windows/netsh-error.js';
import type { ExcludedPortRange, PortRange, Protocol } from '../common/ports.js';

// Titles, column heads, the number of dashes and the line after the table differ between languages, and some letters may
// be damaged. All languages share a rule of two runs of dashes under the heads; below it, rows of two numbers and perhaps
// a star; then a line of words that explains the star. A failure consists of words alone. The rule therefore tells an
// empty table from a failure in any language, and the words below tell a whole table from one that breaks off.
const rule = /^-{2,}\s+-{2,}$/;
const row = /^(\d{1,5})\s+(\d{1,5})(?:\s*(\*))?$/;

/**
 * Reads the output of `netsh interface ipv4 show excludedportrange`, in any UI language and code page.
 *
 * A pure function: it works on any system and calls nothing. {@link listExcludedPortRanges} runs netsh and reads its
 * output.
 *
 * @param netshOutput - One whole table, with any text before and after it.
 * @param protocol - The protocol that netsh was asked for; netsh names it only in translated words.
 * @returns The rows in the order of the table, which is ascending; none for a table without rows.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`: an argument is wrong.
 * @throws {@link PortReservationError} `ERR_NETSH_OUTPUT`: this is not one whole table; the message shows it.
 * @example
 * const ranges = parseExcludedPortRanges(readFileSync('report.txt', 'utf8'), 'tcp');
 * const reserved = ranges.some((range) => range.startPort <= 3000 && 3000 <= range.endPort);
 */
export function parseExcludedPortRanges(netshOutput: string, protocol: Protocol): ExcludedPortRange[] {
  checkOutput(netshOutput);
  checkProtocol('protocol', protocol);
  const fail = (what: string): Error => outputError(what, netshOutput, protocol);

  const ranges: ExcludedPortRange[] = [];
  let place: 'above' | 'table' | 'below' = 'above';
  for (const { text } of lines(netshOutput)) {
    const cells = row.exec(text);
    if (rule.test(text)) {
      if (place !== 'above') throw fail('It contains more than one table.');
      place = 'table';
    } else if (cells !== null) {
      if (place !== 'table') throw fail('It contains numbers outside the table.');
      const range = readRow(cells, protocol);
      if (range === undefined) throw fail(`"${text}" is not a range of ports.`);
      ranges.push(range);
    } else if (place === 'table') {
      if (/^\d/.test(text)) throw fail(`"${text.slice(0, 80)}" is not a row of the table.`);
      place = 'below';
    }
  }
  if (place === 'above') throw fail('It contains no table.');
  if (place === 'table') throw fail('The table breaks off.');
  return ranges;
}

function readRow([, start, end, star]: RegExpExecArray, protocol: Protocol): ExcludedPortRange | undefined {
  const startPort = Number(start);
  const endPort = Number(end);
  if (!isPort(startPort) || !isPort(endPort) || endPort < startPort) return undefined;
  const numberOfPorts = lengthOf({ startPort, endPort });
  return { protocol, startPort, numberOfPorts, endPort, administered: star !== undefined };
}

/**
 * Reads the output of `netsh interface ipv4 show dynamicport`. In every language, netsh prints a rule of dashes, a line
 * that ends with the first port and a line that ends with the number of ports.
 */
export function parseDynamicPortRange(netshOutput: string, protocol: Protocol): PortRange {
  const fail = (what: string): Error => outputError(what, netshOutput, protocol);

  let numbers: number[] | undefined;
  for (const { text, isEnded } of lines(netshOutput)) {
    if (/^-{2,}$/.test(text)) {
      if (numbers !== undefined) throw fail('It contains more than one range.');
      numbers = [];
    } else if (numbers !== undefined) {
      const number = /(?<!\d)\d{1,5}$/.exec(text)?.[0];
      if (number !== undefined) numbers.push(Number(number));
      if (numbers.length === 0 || numbers.length > 2) throw fail('It contains unexpected lines.');
      // The output may break off inside a number, and the first half is a number too.
      if (number !== undefined && !isEnded) throw fail('It breaks off.');
    }
  }
  const [startPort, numberOfPorts] = numbers ?? [];
  if (startPort === undefined || numberOfPorts === undefined) throw fail('It contains no range.');
  if (!isPort(startPort) || !isPort(numberOfPorts) || lastPortOf({ startPort, numberOfPorts }) > maxPort) {
    throw fail(`${numberOfPorts} ports from ${startPort} are not a range of ports.`);
  }
  return { startPort, numberOfPorts };
}

/** Yields the lines that are not blank, one at a time, because unexpected output may be long. */
function* lines(output: string): Generator<{ text: string; isEnded: boolean }> {
  for (const match of output.matchAll(/[^\r\n]+/g)) {
    const text = match[0].trim();
    if (text !== '') yield { text, isEnded: match.index + match[0].length < output.length };
  }
}

function checkOutput(netshOutput: unknown): asserts netshOutput is string {
  if (typeof netshOutput !== 'string') throw invalidType('netshOutput', 'a string', netshOutput);
}

function outputError(what: string, output: string, protocol: Protocol): Error {
  const hint =
    'win-port-reservation expects a table of ports. Please report this output, so that a later version can read it.';
  return netshError('ERR_NETSH_OUTPUT', what, { hint, output, protocol });
}

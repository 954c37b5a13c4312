// SPDX-License-Identifier: MIT
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOutput } from '../../../src/windows/netsh.js';
import { parseDynamicPortRange, parseExcludedPortRanges } from '../../../src/calls/parse-excluded-port-ranges.js';
import type { ExcludedPortRange } from '../../../src/common/ports.js';
import { english, expectNotUnderstood, printTable, tcp, type Row, type Words } from './netsh-table.js';
import { hangLimitMs } from '../../shared/time-limits.mjs';
import { portsFrom } from '../../shared/ports-from.js';

// Makes words in any script: letters, marks, symbols and spaces, with digits only in the title, and never a line of
// dashes.
const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 24 })
  .map((text) => `a${text.replace(/[\p{Nd}\r\n]/gu, '')}`);
const title = fc
  .tuple(word, fc.nat(99_999), word)
  .map(([before, number, after]) => `${before.replace(/[\r\n]/g, '')} ${number} ${after}`);
const words: fc.Arbitrary<Words> = fc.record({
  title,
  heads: fc.tuple(word, word),
  dashes: fc.tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 40 })),
  footer: word.map((text) => `* - ${text}`),
  after: fc.oneof(fc.constant(''), word),
  lineEnd: fc.constantFrom('\r\n', '\n', '\r\r\n'),
  indent: fc.constantFrom('', '  ', '\t', '\u{3000}'),
  paddedTo: fc.constantFrom(0, 28, 40),
});
const row: fc.Arbitrary<Row> = fc
  .tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 0, max: 200 }), fc.boolean())
  .map(([startPort, more, administered]) => {
    return { ...portsFrom(startPort, Math.min(65_535, startPort + more)), administered };
  });

/** Encodes the letters that a code page has, and the rest as question marks, as Windows does. */
function encoder(encoding: string): (text: string) => Buffer {
  const bytesOf = new Map<string, number[]>();
  const decoder = new TextDecoder(encoding);
  for (let first = 0x80; first <= 0xff; first += 1) {
    bytesOf.set(decoder.decode(Buffer.of(first)), [first]);
    for (let second = 0x40; second <= 0xff; second += 1) {
      bytesOf.set(decoder.decode(Buffer.of(first, second)), [first, second]);
    }
  }
  return (text) =>
    Buffer.from(
      Array.from(text).flatMap((letter) => (letter < '\x80' ? letter.charCodeAt(0) : (bytesOf.get(letter) ?? [0x3f]))),
    );
}

const codePages: Record<string, (text: string) => Buffer> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a mark': (text) => Buffer.from(`\u{feff}${text}`),
  'UTF-16 with a mark': (text) => Buffer.from(`\u{feff}${text}`, 'utf16le'),
  ...Object.fromEntries(
    ['ibm866', 'windows-1252', 'shift_jis', 'gbk', 'euc-kr', 'big5'].map((encoding) => [encoding, encoder(encoding)]),
  ),
};

const letters = fc.constantFrom(...Array.from('éñßøŁжяΩ표준연접開始終了ポ管理排除ソ十申能表あいうハ、。端口范围協定'));
const damageable = fc.string({ unit: letters, minLength: 1, maxLength: 20 });

describe('a table in any words', () => {
  it('comes back as the rows that were printed', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), words, (rows, anyWords) => {
        expect(parseExcludedPortRanges(printTable(rows, anyWords), 'tcp')).toEqual(tcp(rows));
      }),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(codePages))('survives %s', (_, encode) => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 10 }), damageable, damageable, (rows, heading, below) => {
        const anyWords = { ...english, title: heading, heads: [heading, below] as const, footer: `* - ${below}` };
        const output = decodeOutput(encode(printTable(rows, anyWords)));
        expect(parseExcludedPortRanges(output, 'tcp')).toEqual(tcp(rows));
      }),
    );
  });

  it('cut off before the line after it is an error, never a partial list', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 10 }),
        words,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, w, at) => {
          const table = printTable(rows, { ...w, after: '' });
          const whole = table.lastIndexOf('* - ');
          const cut = table.slice(0, Math.floor(at * table.length));
          if (cut.length > whole) expect(parseExcludedPortRanges(cut, 'tcp')).toEqual(tcp(rows));
          else expectNotUnderstood(() => parseExcludedPortRanges(cut, 'tcp'), /breaks off|no table|is not a r/);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('noise', () => {
  const printed = row.map((one) => `${one.startPort}  ${one.endPort}${one.administered ? ' *' : ''}`);
  const scraps = fc.constantFrom('-', '*', ' ', '\0', '80', '8 0 8', '---', '90 80', '80 90 +', '٨٠ ٨٠', 'words');
  const lineOf = (...likely: fc.Arbitrary<string>[]) =>
    fc
      .oneof({ weight: 30, arbitrary: fc.oneof(...likely) }, printed, scraps, fc.string({ unit: 'binary' }))
      .chain((text) => fc.constantFrom('\n', '\r\n', '\n', '').map((end) => text + end));
  // Makes text that is almost a table, so that some of it is one.
  const noise = fc
    .tuple(
      fc.array(lineOf(fc.constantFrom('words', '')), { maxLength: 2 }),
      lineOf(fc.constantFrom('----------    --------', '--- ---')),
      fc.array(lineOf(printed), { maxLength: 6 }),
      fc.array(lineOf(fc.constantFrom('* - words', '')), { maxLength: 2 }),
    )
    .map((parts) => parts.flat().join(''));

  it('is an error, or exactly the rows in it', () => {
    let understood = 0;
    const runs = 3000;
    fc.assert(
      fc.property(noise, (output) => {
        let ranges: ExcludedPortRange[];
        try {
          ranges = parseExcludedPortRanges(output, 'tcp');
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_NETSH_OUTPUT' });
          return;
        }
        understood += 1;
        const rows = output.split(/[\r\n]+/).flatMap((line) => {
          const [start = '', end = '', star = '', ...rest] = line.replace('*', ' * ').trim().split(/\s+/);
          const isRow = /^\d{1,5} \d{1,5}$/.test(`${start} ${end}`) && /^\*?$/.test(star) && rest.length === 0;
          return isRow ? [{ ...portsFrom(Number(start), Number(end)), administered: star === '*' }] : [];
        });
        expect(ranges).toEqual(tcp(rows));
      }),
      { numRuns: runs },
    );
    expect(understood).toBeGreaterThan(runs / 20);
    expect(understood).toBeLessThan(runs);
  });

  const size = 10 * 1024 * 1024;
  it.each([
    ['blanks', ' '.repeat(size)],
    ['line ends', '\r\n'.repeat(size / 2)],
    ['dashes', '-'.repeat(size)],
    ['dashes and blanks', '- '.repeat(size / 2)],
    ['digits', '1'.repeat(size)],
    ['short lines', 'a\n'.repeat(size / 2)],
    ['almost a row', `---- ----\n80 80${' '.repeat(size)}x`],
    ['almost a rule', `--${' '.repeat(size)}x`],
    ['stars', `---- ----\n80 80${' *'.repeat(size / 2)}`],
    ['rows without an end', `---- ----\n${'  80   80\n'.repeat(size / 10)}`],
  ])('of 10 MB is read in linear time: %s', (_, output) => {
    const parse = () => {
      expectNotUnderstood(() => parseExcludedPortRanges(output, 'tcp'), /^/);
      expectNotUnderstood(() => parseDynamicPortRange(output, 'tcp'), /^/);
    };
    // This takes less than a second if it is linear, and hours if it is quadratic. A time limit of vitest would not
    // interrupt it.
    runInNewContext('parse()', { parse }, { timeout: hangLimitMs });
  });
});

// SPDX-License-Identifier: MIT
// cspell:ignore RRUPR RURRRRRRRR RRPRRRRRRR
import { stripVTControlCharacters, styleText } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { categories } from '../../../src/cli/map/categories.js';
import { mapText } from '../../../src/cli/map/map-text.js';
import { categoryOf, cutPicture, drawPortPicture, type PortPictureSources } from '../../../src/cli/map/port-picture.js';
import { textScale } from '../../../src/cli/map/text-scale.js';
import { contains, lastPortOf } from '../../../src/common/port-ranges.js';
import { portsFrom } from '../../shared/ports-from.js';
import { plainStyle, withoutLimits } from './terminal.js';

const plain = plainStyle;
const colored = withoutLimits((format, text) => styleText(format, text, { validateStream: false }));

const machine: PortPictureSources = {
  protocol: 'udp',
  dynamicPortRange: { startPort: 49_152, numberOfPorts: 16_384 },
  ranges: [
    { protocol: 'udp', ...portsFrom(2000, 2099), administered: false, kind: 'reserved' },
    { protocol: 'udp', ...portsFrom(50_000, 50_059), administered: true, kind: 'administered' },
    { protocol: 'udp', ...portsFrom(2062, 2062), administered: false, kind: 'persistent' },
  ],
  guests: [],
  owners: [{ protocol: 'udp', port: 2041, address: '::', processId: 1, imageName: 'a.exe', serviceNames: [] }],
};
const picture = drawPortPicture(machine);
const stamp = { host: 'PC-7', date: new Date('2026-11-28T20:01:59Z') };
const options = { stamp, highlight: [], columns: 80, style: plain };

/** The lines of the map with the label of each. */
function rowsOf(text: string): (readonly [label: number, letters: string])[] {
  const lines = stripVTControlCharacters(text).split('\n');
  return lines.flatMap((line) => {
    const [, label, letters = ''] = /^ *(\d+) {2}(.*)$/.exec(line) ?? [];
    return label === undefined || line.startsWith('*') ? [] : [[Number(label), letters] as const];
  });
}

describe('the map in letters', () => {
  const text = mapText(picture, options);
  const rows = new Map(rowsOf(text));

  it('names the protocol, the machine and the minute', () => {
    expect(text.split('\n').slice(0, 2)).toEqual([
      'UDP ports of PC-7, 2026-11-28 20:01 UTC',
      'a letter is 20 ports, and shows the most important of them',
    ]);
  });

  it('has a line for a thousand ports, under heads with the last three digits of each hundred', () => {
    expect(text).toContain('\n       000   100   200   300   400   500   600   700   800   900\n');
    expect(rows.get(2000)).toBe('RRUPR ..... ..... ..... ..... ..... ..... ..... ..... .....');
    expect(rows.get(49_000)).toBe('..... ..::: ::::: ::::: ::::: ::::: ::::: ::::: ::::: :::::');
    expect(rows.get(50_000)).toBe('AAA:: ::::: ::::: ::::: ::::: ::::: ::::: ::::: ::::: :::::');
  });

  it('draws lines that are all the same as one, up to the last port', () => {
    expect(rows.get(3000)).toBe('... to 48999: free');
    expect([...rows.keys()]).toEqual([0, 1000, 2000, 3000, 49_000, 50_000, 51_000, 65_000]);
    expect(rows.get(65_000)).toBe('::::: ::::: ::::: ::::: ::::: ::');
    const full = cutPicture(picture, { startPort: 60_000, endPort: 64_999 });
    expect(rowsOf(mapText(full, { ...options, columns: 50 }))).toEqual([[60_000, '::: to 64999: free, dynamic']]);
  });

  it('explains its letters and counts the ports', () => {
    expect(text).toMatch(/^P {2}persistent reservation +1$/m);
    expect(text).toMatch(/^A {2}excluded by an administrator +60$/m);
    expect(text).toMatch(/^U {2}in use +1$/m);
    expect(text).toMatch(/^R {2}reserved by Windows or a program +98$/m);
    expect(text).toMatch(/^: {2}free, handed out by Windows \(dynamic range\) +16324$/m);
    expect(text).toMatch(/^\. {2}free +49051$/m);
    expect(text).not.toMatch(/^G/m);
    expect(text).toContain('largest free runs: 2100-49151 (47052), 1-1999 (1999)\n');
    expect(text).toContain('dynamic range: 50060-65535 (15476), 49152-49999 (848)\n');
  });

  it('marks ports and says what they are, in a line that is never drawn with others', () => {
    const marked = mapText(picture, { ...options, highlight: [2041, 2050, 7000] });
    const markedRows = new Map(rowsOf(marked));
    expect(markedRows.get(2000)).toMatch(/^RR\*PR /);
    expect(markedRows.get(7000)).toMatch(/^\*\.{4} \.{5} /);
    expect(markedRows.get(8000)).toBe('... to 48999: free');
    expect(marked).toContain('\n*  2041: in use by a.exe (process 1)\n');
    expect(marked).toContain('\n*  2050: reserved, part of 2000-2099\n');
    expect(marked).toContain('\n*  7000: free\n');
  });

  it('says of a marked port outside the map that it is not there', () => {
    const part = cutPicture(picture, { startPort: 2000, endPort: 2099 });
    const marked = mapText(part, { ...options, highlight: [7000] });
    expect(marked).toContain('\n*  7000: not on this map\n');
    expect(rowsOf(marked).some(([, letters]) => letters.includes('*'))).toBe(false);
  });

  it('shows each port where there is room', () => {
    const part = cutPicture(picture, { startPort: 2030, endPort: 2069 });
    const small = mapText(part, options);
    expect(small).toContain('\na letter is a port\n\n       0123456789\n');
    expect(rowsOf(small)).toEqual([
      [2030, 'RRRRRRRRRR'],
      [2040, 'RURRRRRRRR'],
      [2050, 'RRRRRRRRRR'],
      [2060, 'RRPRRRRRRR'],
    ]);
  });

  it('has its digits at the port, whatever the ports and the width of the terminal', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(port, port, fc.integer({ min: 36, max: 240 }), port, (one, other, columns, wanted) => {
        const ports = { startPort: Math.min(one, other), endPort: Math.max(one, other) };
        const part = cutPicture(picture, ports);
        // Marks a port of the map, so that its line is drawn.
        const marked = contains(ports, wanted) ? wanted : ports.startPort;
        const drawn = mapText(part, { ...options, columns, highlight: [marked] });
        const { portsOfLine, portsOfGroup, portsOfLetter } = textScale(ports, columns);
        const head = /\n\n {7}(0.*)\n/.exec(drawn)?.[1] ?? '';
        const line = rowsOf(drawn).find(([, letters]) => letters.includes('*'));
        const at = line?.[1].indexOf('*') ?? -1;
        // Reads as a person does: the label, then the digits above the group, then counts the letters in the group.
        const heads = [...head.matchAll(portsOfGroup === 1 ? /\d/g : /\d+/g)];
        const above = heads.findLast(({ index }) => index <= at);
        const digits = (above?.[0] ?? '').padEnd(String(portsOfLine).length - 1, '0');
        const label = String(line?.[0]).padStart(5, '0');
        const read = Number(label.slice(0, -digits.length) + digits) + (at - (above?.index ?? 0)) * portsOfLetter;
        expect(read).toBeLessThanOrEqual(marked);
        expect(marked).toBeLessThan(read + portsOfLetter);
        const map = drawn.slice(0, drawn.indexOf('\n\n*'));
        for (const each of map.split('\n').slice(2)) expect(each.length).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it.each([
    [36, 50],
    [57, 25],
    [66, 20],
    [80, 20],
    [116, 10],
    [216, 5],
  ])('shows more in a wider terminal: %i columns', (columns, portsOfLetter) => {
    expect(mapText(picture, { ...options, columns })).toContain(`\na letter is ${portsOfLetter} ports, `);
  });

  it('shows the most important port of each letter', () => {
    for (const columns of [40, 80, 200]) {
      const drawn = mapText(picture, { ...options, columns });
      const portsOfLetter = Number(/letter is (\d+)/.exec(drawn)?.[1]);
      const letters = new Map(rowsOf(drawn)).get(2000)?.replaceAll(' ', '') ?? '';
      for (let cell = 0; cell < letters.length; cell += 1) {
        const ports = portsFrom(2000 + cell * portsOfLetter, 2000 + (cell + 1) * portsOfLetter - 1);
        const inside = picture.runs.filter(
          (run) => run.startPort <= ports.endPort && ports.startPort <= lastPortOf(run),
        );
        const order = Object.keys(categories);
        const [best = 'free'] = inside.map(categoryOf).sort((one, other) => order.indexOf(one) - order.indexOf(other));
        expect(letters[cell]).toBe(categories[best].letter);
      }
    }
  });
});

describe('the map in color', () => {
  it('is the same picture: color adds nothing to the letters', () => {
    const drawn = mapText(picture, { ...options, style: colored, highlight: [2050] });
    expect(stripVTControlCharacters(drawn)).toBe(mapText(picture, { ...options, highlight: [2050] }));
    expect(drawn).toContain(colored('black', colored('bgRed', 'R')));
    expect(drawn).toContain(colored('blue', ':::::'));
    expect(drawn).toContain(colored('inverse', colored('bold', '*')));
  });

  it('has no color that the style refuses', () => {
    const refusing = withoutLimits((format, text) => {
      expect(typeof format).toBe('string');
      return text;
    });
    expect(mapText(picture, { ...options, style: refusing })).not.toContain('\u001b');
  });
});

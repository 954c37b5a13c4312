// SPDX-License-Identifier: MIT
import { stripVTControlCharacters, styleText } from 'node:util';
import { describe, expect, it } from 'vitest';
import { mapText } from '../../../src/cli/map/map-text.js';
import { drawPortPicture, type PortPictureSources } from '../../../src/cli/map/port-picture.js';
import type { Style } from '../../../src/cli/outcome.js';
import { portsFrom } from '../../shared/ports-from.js';

const plain: Style = (_, text) => text;
const colored: Style = (format, text) => styleText(format, text, { validateStream: false });

const machine: PortPictureSources = {
  protocol: 'udp',
  dynamicPortRange: { startPort: 49_152, numberOfPorts: 16_384 },
  ranges: [
    { protocol: 'udp', ...portsFrom(2048, 2147), administered: false, kind: 'reserved' },
    { protocol: 'udp', ...portsFrom(50_000, 50_059), administered: true, kind: 'administered' },
    { protocol: 'udp', ...portsFrom(2112, 2112), administered: false, kind: 'persistent' },
  ],
  guests: [],
  owners: [{ protocol: 'udp', port: 2081, address: '::', processId: 1, serviceNames: [] }],
};
const picture = drawPortPicture(machine);

function rowsOf(text: string): string[] {
  return text.split('\n').filter((line) => /^ *\d+ {2}\S/.test(stripVTControlCharacters(line)));
}

describe('the map in letters', () => {
  const text = mapText(picture, plain);

  it('has a line for every 2048 ports, which starts with its first port', () => {
    const labels = rowsOf(text).map((line) => Number(line.slice(0, 5)));
    expect(labels).toEqual(Array.from({ length: 32 }, (_, index) => 2048 * index));
    expect(rowsOf(text).map((line) => line.length)).toEqual(new Array(32).fill(71));
  });

  it('shows the most important of 32 ports', () => {
    // 2048 to 2079 reserved, 2080 to 2111 with one in use, 2112 to 2143 with a persistent one, 2144 to 2147 reserved.
    expect(rowsOf(text)[1]).toMatch(/^ 2048 {2}RUPR\.{60}$/);
    expect(rowsOf(text)[23]).toMatch(/^47104 {2}\.{64}$/);
    // Port 50000 is in the middle of a cell, after 26 of its 32 ports.
    expect(rowsOf(text)[24]).toMatch(/^49152 {2}:{26}AAA:{35}$/);
  });

  it('explains its letters and counts the ports', () => {
    expect(text).toMatch(/^P {2}persistent reservation +1$/m);
    expect(text).toMatch(/^A {2}excluded by an administrator +60$/m);
    expect(text).toMatch(/^U {2}in use +1$/m);
    expect(text).toMatch(/^R {2}reserved by Windows or a program +98$/m);
    expect(text).toMatch(/^: {2}free, handed out by Windows \(dynamic range\) +16324$/m);
    expect(text).toMatch(/^\. {2}free +49051$/m);
    expect(text).not.toMatch(/^G/m);
    expect(text).toContain('largest free runs: 2148-49151 (47004), 1-2047 (2047)\n');
    expect(text).toContain('dynamic range: 50060-65535 (15476), 49152-49999 (848)\n');
  });

  it('fits 80 columns on any machine', () => {
    const ranges = [20_000, 30_010, 40_020].map((port) => ({
      ...machine.ranges[0],
      startPort: port,
      endPort: port + 9,
    }));
    const wide = drawPortPicture({ ...machine, ranges: ranges as typeof machine.ranges });
    for (const each of [picture, wide]) {
      for (const style of [plain, colored]) {
        const lines = stripVTControlCharacters(mapText(each, style)).split('\n');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
      }
    }
  });
});

describe('the map in color', () => {
  /** Returns the two colors of each letter of a line: the upper and the lower half. */
  function colorsOf(line: string): [above: number, below: number][] {
    const painted = [...line.matchAll(/\[(\d+)m.\[(\d+)m(▀+)/g)];
    return painted.flatMap(([, above, below, blocks = '']) =>
      Array.from(blocks, (): [number, number] => [Number(above), Number(below) - 10]),
    );
  }
  const [gray, red, green, yellow, blue, cyan] = [90, 31, 32, 33, 34, 36];

  it('shows the most important of 16 ports, two cells per letter', () => {
    const lines = rowsOf(mapText(picture, colored)).map(colorsOf);
    expect(lines.map((line) => line.length)).toEqual(new Array(32).fill(64));
    const [upper, lower] = [0, 1].map((half) => lines[1]?.map((colors) => colors[half]));
    expect(upper?.slice(0, 8)).toEqual([red, red, cyan, red, green, red, red, gray]);
    expect(new Set(lower)).toEqual(new Set([gray]));
    // Port 50000 is in the upper half of the line from 49152, after 53 cells.
    expect(lines[24]?.map(([above]) => above).slice(52, 58)).toEqual([blue, yellow, yellow, yellow, yellow, blue]);
    expect(lines[23]?.every(([above, below]) => above === gray && below === gray)).toBe(true);
  });

  it('explains its colors with the counts', () => {
    expect(mapText(picture, colored)).toContain(`${colored('green', '██')}  persistent reservation `);
  });
});

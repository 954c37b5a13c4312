// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { mapSvg } from '../../../src/cli/map/map-svg.js';
import { layoutOf, type Layout } from '../../../src/cli/map/svg-layout.js';
import { categories } from '../../../src/cli/map/categories.js';
import {
  countPorts,
  cutPicture,
  drawPortPicture,
  type PortPicture,
  type PortPictureSources,
} from '../../../src/cli/map/port-picture.js';
import { dark, light } from '../../../src/cli/map/svg-style.js';
import { allElements, parseXml, type XmlElement } from './xml.js';
import { portsFrom } from '../../shared/ports-from.js';

const machine: PortPictureSources = {
  protocol: 'tcp',
  dynamicPortRange: { startPort: 49_152, numberOfPorts: 16_384 },
  ranges: [
    { protocol: 'tcp', ...portsFrom(500, 520), administered: false, kind: 'reserved' },
    { protocol: 'tcp', ...portsFrom(1000, 3000), administered: false, kind: 'reserved' },
    { protocol: 'tcp', ...portsFrom(4096, 4351), administered: true, kind: 'administered' },
    { protocol: 'tcp', ...portsFrom(5000, 5019), administered: false, kind: 'persistent' },
  ],
  guests: [portsFrom(40_000, 44_095)],
  owners: [
    { protocol: 'tcp', port: 5003, address: '::', processId: 8, imageName: 'a & <b>"\u0001.exe', serviceNames: [] },
    { protocol: 'tcp', port: 65_535, address: '::', processId: 9, serviceNames: [] },
  ],
};
const picture = drawPortPicture(machine);

const stamp = { host: 'PC <7>', date: new Date('2026-11-28T20:01:59Z') };
const options = { stamp, highlight: [] };

/** Gives the port in whose cell a point of the map lies, by the digits of its labels. */
function portAt({ items, cellWidth, cellHeight }: Layout, x: number, y: number): number {
  const boxes = items.filter(({ strip }) => strip === undefined);
  const box = boxes.find(
    (each) => x >= each.x && y >= each.y && x < each.x + 100 * cellWidth && y < each.y + 10 * cellHeight,
  );
  if (box === undefined) throw new Error(`nothing at ${x} ${y}`);
  return box.startPort + 100 * ((y - box.y) / cellHeight) + (x - box.x) / cellWidth;
}

/** Lists the ports that a path covers. */
function portsOf(path: XmlElement, layout: Layout): number[] {
  const data = path.attributes['d'] ?? '';
  const rectangles = [...data.matchAll(/M([\d.]+) ([\d.]+)h(\d+)v(\d+)h-(\d+)z/g)].map((match) =>
    match.slice(1).map(Number),
  );
  expect(rectangles.map(([x, y, w, h, back]) => `M${x} ${y}h${w}v${h}h-${back}z`).join('')).toBe(data);
  return rectangles.flatMap(([x = 0, y = 0, width = 0, height = 0, back]) => {
    expect(back).toBe(width);
    return Array.from({ length: height / layout.cellHeight }, (_, row) =>
      Array.from({ length: width / layout.cellWidth }, (__, column) =>
        portAt(layout, x + column * layout.cellWidth, y + row * layout.cellHeight),
      ),
    ).flat();
  });
}

function pathsByClass(root: XmlElement): Map<string, XmlElement[]> {
  const groups = allElements(root).filter(({ name, attributes }) => name === 'g' && attributes['class'] !== undefined);
  return new Map(groups.map(({ attributes, children }) => [attributes['class'] ?? '', children]));
}

/** The strips, as their words give them. */
function stripsOf(root: XmlElement): { startPort: number; endPort: number; name: string }[] {
  return textsOf(root, 'strip').map((text) => {
    const [, first, last, name = ''] = /^(\d+)-(\d+): (.*)$/.exec(text) ?? [];
    return { startPort: Number(first), endPort: Number(last), name };
  });
}

function textsOf(root: XmlElement, part?: string): string[] {
  return allElements(root)
    .filter(
      ({ name, attributes }) => name === 'text' && (part === undefined || attributes['class']?.split(' ')[0] === part),
    )
    .map(({ text, children }) => text + children.map((child) => child.text).join(''));
}

const titleOf = ({ children }: XmlElement): string => children.find(({ name }) => name === 'title')?.text ?? '';

const parts: [name: string, PortPicture][] = [
  ['all ports', picture],
  ['the ports of one box', cutPicture(picture, { startPort: 4990, endPort: 5030 })],
  ['the ports of a few boxes', cutPicture(picture, { startPort: 900, endPort: 6999 })],
  ['every second port taken', drawPortPicture({ ...machine, owners: everySecond() })],
];

/** Leaves no box that shows only one category. */
function everySecond(): PortPictureSources['owners'] {
  return Array.from({ length: 330 }, (_, index) => ({
    ...{ protocol: 'tcp', port: 200 * index + 7, address: '::', processId: 8, imageName: 'a.exe', serviceNames: [] },
  }));
}

describe.each(parts)('the map as SVG of %s', (_, shown) => {
  const layout = layoutOf(shown, []);
  const root = parseXml(mapSvg([shown], options));

  it('draws every port once, in a cell of its category or in a strip', () => {
    const counts: Record<string, number> = {};
    const drawn = new Set<number>();
    for (const [category, paths] of pathsByClass(root)) {
      const ports = paths.flatMap((path) => portsOf(path, layout));
      counts[category] = ports.length;
      for (const port of ports) drawn.add(port);
    }
    expect(drawn.size).toBe(Object.values(counts).reduce((sum, count) => sum + count, 0));
    for (const { startPort, endPort, name } of stripsOf(root)) {
      const [category = ''] = Object.entries(categories).find(([, each]) => each.shortName === name) ?? [];
      counts[category] = (counts[category] ?? 0) + endPort - startPort + 1;
      for (let port = startPort; port <= endPort; port += 1) drawn.add(port);
    }
    const known = Object.entries(countPorts(shown)).filter(([, count]) => count > 0);
    expect(counts).toEqual(Object.fromEntries(known));
    expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([shown.runs[0]?.startPort, shown.runs.at(-1)?.endPort]);
  });

  it('gives every run in cells a title with its ports and their state', () => {
    for (const path of [...pathsByClass(root).values()].flat()) {
      const ports = portsOf(path, layout);
      const [first, last] = /^(\d+)(?:-(\d+))? /.exec(titleOf(path))?.slice(1) ?? [];
      expect(Number(first)).toBeLessThanOrEqual(Math.min(...ports));
      expect(Number(last ?? first)).toBeGreaterThanOrEqual(Math.max(...ports));
    }
  });

  it('has no cell, word or line outside the picture, and none over another cell', () => {
    const width = Number(root.attributes['width']);
    for (const { x, y } of layout.items) expect([x, y].every((each) => each >= 0)).toBe(true);
    expect(layout.width).toBeLessThan(width);
    const places = layout.items.map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('the map as SVG', () => {
  const svg = mapSvg([picture], { stamp, highlight: [5003, 7000] });
  const root = parseXml(svg);

  it('names what a block is, of which range it is a part, and who uses it', () => {
    const titles = [...pathsByClass(parseXml(mapSvg([picture], options))).values()].flat().map(titleOf);
    expect(titles).toEqual(
      expect.arrayContaining([
        '1000-3000 (2001): reserved',
        '5000-5002 (3): persistent reservation, part of 5000-5019',
        '5003 (1): in use by a & <b>"\\u0001.exe (process 8)',
        '65535 (1): in use by process 9',
        '40000-44095 (4096): reserved by a guest',
      ]),
    );
  });

  it('is as large as there is room for: a port of a few thousand is nine pixels wide, of all four', () => {
    const [, ...others] = parts.map(([, shown]) => layoutOf(shown, []));
    expect(others.map(({ cellWidth }) => cellWidth)).toEqual([9, 9, 4]);
    expect(layoutOf(picture, []).cellWidth).toBeGreaterThanOrEqual(6);
  });

  it('draws thousands with nothing in them as a strip, unless a port in them is marked', () => {
    const strips = stripsOf(parseXml(mapSvg([picture], options)));
    expect(strips).toContainEqual({ startPort: 6000, endPort: 39_999, name: 'free' });
    expect(strips).toContainEqual({ startPort: 40_000, endPort: 43_999, name: 'reserved by a guest' });
    expect(stripsOf(root)).toContainEqual({ startPort: 8000, endPort: 39_999, name: 'free' });
  });

  it('marks ports, with their numbers beside them and what they are below', () => {
    expect(textsOf(root, 'callout')).toEqual(['5003', '7000']);
    expect(textsOf(root)).toEqual(
      expect.arrayContaining(['5003: in use by a & <b>"\\u0001.exe (process 8)', '7000: free']),
    );
  });

  it('has labels with the digits of the ports', () => {
    const large = parseXml(mapSvg([cutPicture(picture, { startPort: 4000, endPort: 5999 })], options));
    const rows = Array.from({ length: 20 }, (_, row) => String(4000 + 100 * row));
    const columns = ['00', '10', '20', '30', '40', '50', '60', '70', '80', '90'];
    expect(textsOf(large, 'label')).toEqual([...columns, ...rows]);
  });

  it('lists the taken ports as numbers, with the names that fit', () => {
    const texts = textsOf(root);
    expect(texts).toEqual(expect.arrayContaining(['1000-3000 (2001)', '5000-5019 (20)', '65535 process 9']));
    const crowded = mapSvg([drawPortPicture({ ...machine, owners: everySecond() })], options);
    expect(textsOf(parseXml(crowded)).find((text) => text.startsWith('and '))).toMatch(/^and \d{3} more$/);
  });

  it('has a name, a description and a legend for users who cannot see it', () => {
    const { attributes, children } = root;
    expect(attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'title description' });
    const named = (id: string) => children.find((child) => child.attributes['id'] === id)?.text;
    expect(named('title')).toBe('The TCP ports of PC <7>, 2026-11-28 20:01 UTC');
    expect(named('description')).toMatch(
      /^TCP: 6\d{3} of the ports 1-65535 are .* Port 7000: free\. The largest free run is \d+-\d+/,
    );
    expect(textsOf(root)).toEqual(
      expect.arrayContaining([
        'TCP ports of PC <7>',
        '2026-11-28 20:01 UTC',
        'persistent reservation',
        '19',
        '256',
        '2022',
      ]),
    );
  });

  it('is self-contained, and has colors for light and dark, the light ones for paper', () => {
    expect(svg).not.toMatch(/<script|<image|<use|href|url\((?!#)|@import|@font-face|\son\w+=/);
    const [light = '', dark = ''] = svg.split('@media screen and (prefers-color-scheme:dark)');
    const colorsOf = (style: string) =>
      new Map([...style.matchAll(/\.?([\w-]+)\{(?:fill|stroke):(#\w{6})\}/g)].map(([, a, b]) => [a, b]));
    expect([...colorsOf(dark).keys()]).toEqual(expect.arrayContaining(['page', 'text', 'free', 'in-use', 'ring']));
    for (const part of ['page', 'text', 'free', 'color-dynamic', 'in-use']) {
      expect(colorsOf(dark).get(part), part).toMatch(/^#/);
      expect(colorsOf(dark).get(part), part).not.toBe(colorsOf(light).get(part));
    }
  });

  it('tells categories apart without color: by a texture, or by light and dark', () => {
    const patterns = allElements(root).filter(({ name }) => name === 'pattern');
    const textures = patterns.map(({ children }) => children.find(({ name }) => name === 'path')?.attributes['d']);
    expect(new Set(textures).size).toBe(4);
    for (const colors of [light, dark]) {
      const plain = (['free', 'reserved', 'in-use'] as const).map((category) => luminance(colors[category]));
      const [lowest = 0, middle = 0, highest = 0] = plain.sort((one, other) => one - other);
      expect(contrast(middle, lowest)).toBeGreaterThan(2.5);
      expect(contrast(highest, middle)).toBeGreaterThan(2.5);
    }
  });

  it('has words that can be read on every color', () => {
    for (const { page, ink, quiet, free, dynamic } of [light, dark]) {
      for (const text of [ink, quiet]) expect(contrast(luminance(text), luminance(page))).toBeGreaterThanOrEqual(4.5);
      for (const ground of [free, dynamic])
        expect(contrast(luminance(ink), luminance(ground))).toBeGreaterThanOrEqual(4.5);
    }
    for (const colors of [light, dark]) {
      for (const category of ['guest', 'reserved', 'administered', 'persistent'] as const) {
        expect(contrast(luminance(light.ink), luminance(colors[category])), category).toBeGreaterThanOrEqual(4);
      }
    }
  });

  it('draws two protocols below each other', () => {
    const both = parseXml(mapSvg([picture, drawPortPicture({ ...machine, protocol: 'udp' })], options));
    expect(both.children.find(({ name }) => name === 'title')?.text).toBe(
      'The TCP and UDP ports of PC <7>, 2026-11-28 20:01 UTC',
    );
    expect(both.attributes['width']).toBe(parseXml(mapSvg([picture], options)).attributes['width']);
    expect(Number(both.attributes['height'])).toBeGreaterThan(
      1.8 * Number(parseXml(mapSvg([picture], options)).attributes['height']),
    );
  });

  it('is small: less than 300 KB for 500 ranges and 100 ports in use of each protocol', () => {
    const ranges = Array.from({ length: 500 }, (_, index) => {
      const startPort = 1024 + 120 * index;
      return {
        protocol: 'tcp',
        ...portsFrom(startPort, startPort + 99),
        administered: false,
        kind: 'reserved',
      } as const;
    });
    const owners = Array.from({ length: 100 }, (_, index) => {
      const port = 1010 + 120 * index;
      return {
        protocol: 'tcp',
        port,
        address: '::',
        processId: 8,
        imageName: 'browser.exe',
        serviceNames: [],
      } as const;
    });
    const crowded = drawPortPicture({ ...machine, ranges, owners });
    expect(Buffer.byteLength(mapSvg([crowded, crowded], options))).toBeLessThan(280_000);
  });
});

/** The relative luminance of WCAG 2.2. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = parseInt(color.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

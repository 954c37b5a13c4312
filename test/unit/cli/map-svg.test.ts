// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { mapSvg } from '../../../src/cli/map/map-svg.js';
import { countPorts, drawPortPicture, type PortPictureSources } from '../../../src/cli/map/port-picture.js';
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

/** Lists the ports that a path covers, in a grid of 256 per row. */
function portsOf(path: XmlElement): number[] {
  const data = path.attributes['d'] ?? '';
  const rectangles = [...data.matchAll(/M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z/g)].map((match) => match.slice(1).map(Number));
  expect(rectangles.map(([x, y, w, h, back]) => `M${x} ${y}h${w}v${h}h-${back}z`).join('')).toBe(data);
  return rectangles.flatMap(([x = 0, y = 0, width = 0, height = 0, back]) => {
    expect(back).toBe(width);
    return Array.from({ length: height }, (_, row) =>
      Array.from({ length: width }, (__, column) => (y + row) * 256 + x + column),
    ).flat();
  });
}

function pathsByClass(root: XmlElement): Map<string, XmlElement[]> {
  const groups = allElements(root).filter(({ name, attributes }) => name === 'g' && attributes['class'] !== undefined);
  return new Map(groups.map(({ attributes, children }) => [attributes['class'] ?? '', children]));
}

const titleOf = ({ children }: XmlElement): string => children.find(({ name }) => name === 'title')?.text ?? '';

describe('the map as SVG', () => {
  const svg = mapSvg([picture]);
  const root = parseXml(svg);

  it('draws every port once, in the class of its state', () => {
    const drawn = new Set<number>();
    for (const [category, paths] of pathsByClass(root)) {
      const ports = paths.flatMap(portsOf);
      expect(ports.length, category).toBe(countPorts(picture)[category as 'free']);
      for (const port of ports) drawn.add(port);
    }
    expect(drawn.size).toBe(65_535);
    expect([drawn.has(0), Math.max(...drawn)]).toEqual([false, 65_535]);
  });

  it('gives every run a title with its ports and their state', () => {
    const paths = [...pathsByClass(root).values()].flat();
    for (const path of paths) {
      const ports = portsOf(path);
      const [first, last] = /^(\d+)(?:-(\d+))? /.exec(titleOf(path))?.slice(1) ?? [];
      expect([Number(first), Number(last ?? first)]).toEqual([Math.min(...ports), Math.max(...ports)]);
    }
    expect(paths.map(titleOf)).toEqual(
      expect.arrayContaining([
        '1000-3000 (2001): reserved',
        '5000-5002 (3): persistent reservation, part of 5000-5019',
        '5003 (1): in use by a & <b>"\\u0001.exe (process 8)',
        '65535 (1): in use by process 9',
        '40000-44095 (4096): reserved by a guest',
      ]),
    );
  });

  it('has a name, a description and a legend for users who cannot see it', () => {
    const { attributes, children } = root;
    expect(attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'title description' });
    const named = (id: string) => children.find((child) => child.attributes['id'] === id)?.text;
    expect(named('title')).toBe('The TCP ports of a machine');
    expect(named('description')).toMatch(/^TCP: 6\d{3} of 65535 ports are .* The largest free run is \d+-\d+/);
    const texts = allElements(root)
      .filter(({ name }) => name === 'text')
      .map(({ text }) => text);
    expect(texts).toEqual(
      expect.arrayContaining(['TCP', '61440', '+192', 'persistent reservation', '19', '256', '2022']),
    );
  });

  it('is self-contained, and has colors for light and dark', () => {
    expect(svg).not.toMatch(/<script|<image|<use|href|url\(|@import|@font-face/);
    const [light = '', dark = ''] = svg.split('@media (prefers-color-scheme:dark)');
    const colorsOf = (style: string) =>
      new Map([...style.matchAll(/\.?([\w-]+)\{(?:fill|stroke):(#\w{6})\}/g)].map(([, a, b]) => [a, b]));
    expect([...colorsOf(dark).keys()]).toEqual([...colorsOf(light).keys()]);
    for (const part of ['page', 'text', 'free', 'dynamic', 'in-use']) {
      expect(colorsOf(dark).get(part), part).not.toBe(colorsOf(light).get(part));
    }
    for (const category of pathsByClass(root).keys()) expect(colorsOf(light).has(category), category).toBe(true);
  });

  it('draws two protocols side by side', () => {
    const both = parseXml(mapSvg([picture, drawPortPicture({ ...machine, protocol: 'udp' })]));
    expect(both.children.find(({ name }) => name === 'title')?.text).toBe('The TCP and UDP ports of a machine');
    expect(Number(both.attributes['width'])).toBeGreaterThan(1.8 * Number(root.attributes['width']));
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
    expect(Buffer.byteLength(mapSvg([crowded, crowded]))).toBeLessThan(280_000);
  });
});

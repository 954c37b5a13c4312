// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PageData } from '../../../src/cli/map/page/page-data.js';
import { portMark, portTexts } from '../../../src/cli/map/page/port-texts.js';
import { readPorts, type PortPictures } from '../../../src/cli/map/read-ports.js';
import { contains } from '../../../src/common/port-ranges.js';
import { explainListed } from '../../../src/explain/explain-listed.js';
import { installForTest } from '../install-for-test.js';
import { demoMachine } from './demo-machine.js';
import { documentOf } from './documents.js';
import { runCommand } from './terminal.js';

beforeEach(() => {
  installForTest(demoMachine());
});
function dataOf(html: string): PageData {
  const [, json = ''] = /<script type="application\/json" id="data">(.*)<\/script>/.exec(html) ?? [];
  return JSON.parse(json) as PageData;
}

/** The texts of the page about a port. */
function textsOf({ maps }: PageData, protocol: string, port: number): string {
  const map = maps.find((each) => each.protocol === protocol);
  const run = map?.runs.find((each) => contains(each, port));
  const { sentence, advice } = map?.explanations[run?.explanation ?? -1] ?? { sentence: 'none', advice: [] };
  const texts = advice.flatMap(({ text, commands = [], call = '', cost = '' }) => [text, ...commands, call, cost]);
  return [sentence, ...texts].join('\n').replaceAll(portMark, String(port));
}

function expectedOf({ lists }: PortPictures, protocol: string, port: number): string {
  const list = lists.find((each) => each.protocol === protocol);
  if (list === undefined) throw new Error(protocol);
  const { sentence, advice } = explainListed(list, port);
  const texts = advice.flatMap(({ text, commands = [], call = '', cost = '' }) => [text, ...commands, call, cost]);
  return [sentence, ...texts].join('\n');
}

describe('the page of the map', () => {
  it('has the explanation of every port, each with its own number', async () => {
    const data = dataOf((await runCommand('map --html -')).stdout);
    const read = await readPorts(['tcp', 'udp']);
    for (const { protocol, runs } of data.maps) {
      const ports = runs.flatMap(({ startPort, endPort }) => {
        const middle = Math.floor((startPort + endPort) / 2);
        return [startPort, Math.min(startPort + 1, endPort), middle, endPort];
      });
      for (const port of ports) expect(textsOf(data, protocol, port)).toBe(expectedOf(read, protocol, port));
    }
    expect(textsOf(data, 'tcp', 2900)).toMatch(/^TCP port 2900 lies in 2869-2968, a range reserved by Windows/);
    expect(textsOf(data, 'tcp', 2900)).toMatch(/ protect tcp 2900$/m);
    expect(textsOf(data, 'tcp', 50_030)).toMatch(/^TCP port 50030 lies in 50000-50059, .*excluded by Windows itself/);
    expect(textsOf(data, 'tcp', 5003)).toMatch(/^TCP port 5003 .*service\.exe \(process 812\)/);
    expect(textsOf(data, 'tcp', 40_001)).toMatch(
      /^TCP port 40001 lies in 40000-44095, .*virtual machine or a container/,
    );
    expect(textsOf(data, 'udp', 7000)).toBe('UDP port 7000 is in no list of Windows, so it is most likely free.');
  });

  it('allows its own script and style only, and loads nothing', async () => {
    const { stdout } = await runCommand('map --html -');
    expect(stdout).toMatch(
      /content="default-src 'none'; style-src 'sha256-[\w+/]+='; script-src 'sha256-[\w+/]+='; base-uri 'none'; form-action 'none'"/,
    );
    expect(stdout).not.toMatch(/\s(?:src|href|style|on\w+)=|url\((?!#)|@import/);
  });

  it('shows a part of the ports, and the marked one first', async () => {
    const { stdout } = await runCommand('map -p udp --from 4000 --to 5999 --highlight 99 5001 --html -');
    const { maps, start } = dataOf(stdout);
    expect(maps.map(({ protocol, startPort, endPort }) => [protocol, startPort, endPort])).toEqual([
      ['udp', 4000, 5999],
    ]);
    expect(start).toEqual({ protocol: 'udp', port: 5001 });
    expect(stdout).not.toContain('<fieldset>');
  });

  it('is written to a file, or to the standard output without --json', async () => {
    expect((await runCommand('map --html no-such-folder/x.html')).exitCode).toBe(1);
    expect((await runCommand('map --html - --json')).stdout).toContain("option '--html -' cannot be used with");
    expect((await runCommand('map --html a --svg b')).stderr).toContain("option '--svg <file>' cannot be used with");
    expect((await documentOf('map')) as object).not.toHaveProperty('html');
  });
});

describe('a text about the ports of a block', () => {
  const block = fc
    .tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 0, max: 300 }))
    .map(([startPort, more]) => ({ startPort, endPort: Math.min(65_535, startPort + more) }));

  it('is the text of each port, whatever numbers it has beside the port', () => {
    const number = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(block, number, number, (ports, other, border) => {
        const textOf = (port: number): string =>
          `${port} of ${ports.startPort}-${ports.endPort}, not ${other}: ${port < border ? `below ${border}` : `at ${port}`}`;
        const texts = portTexts(ports, textOf);
        for (let port = ports.startPort; port <= ports.endPort; port += 1) {
          const text = texts.find((each) => contains(each, port))?.text;
          expect(text?.replaceAll(portMark, String(port))).toBe(textOf(port));
        }
      }),
    );
  });

  it('is one for a block whose texts differ in the port only', () => {
    const textOf = (port: number): string => `port ${port} of 2969-3068: protect tcp ${port}`;
    expect(portTexts({ startPort: 2969, endPort: 3068 }, textOf)).toEqual([
      { startPort: 2969, endPort: 3068, text: `port ${portMark} of 2969-3068: protect tcp ${portMark}` },
    ]);
  });
});

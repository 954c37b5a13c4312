// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page, SerializedAXNode } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { install, SimulatedWindows } from '../../src/simulator/index.js';
import { runCommand } from '../unit/cli/terminal.js';
import { demoMachine } from '../unit/cli/demo-machine.js';
import { browserPath, openPage, startBrowser, type OpenPage } from './browser.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(browserPath === undefined)('the page of the map', () => {
  let browser: Browser;
  let opened: OpenPage;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  afterEach(async () => {
    const { errors } = opened;
    await opened.close();
    expect(errors).toEqual([]);
  });

  async function open(options = '', machine = demoMachine()): Promise<OpenPage> {
    const simulation = install(machine);
    try {
      const { exitCode, stdout } = await runCommand(`map ${options} --html -`.replace('  ', ' '));
      expect(exitCode).toBe(0);
      opened = await openPage(browser, stdout);
      return opened;
    } finally {
      simulation.uninstall();
    }
  }

  async function press(page: Page, ...keys: string[]): Promise<void> {
    for (const key of keys) await page.keyboard.press(key as 'Tab');
  }

  interface Marker {
    readonly x: number;
    readonly y: number;
    readonly width: number;
  }

  /** The center of the marker in the window, and its width on the map. */
  async function centerOfMarker(page: Page): Promise<Marker> {
    return (await page.evaluate(`(() => {
      const marker = document.querySelector('#map-tcp .marker');
      const { left, top } = marker.ownerSVGElement.getBoundingClientRect();
      const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(marker.getAttribute(name)));
      return { x: left + x + width / 2, y: top + y + height / 2, width };
    })()`)) as Marker;
  }

  async function violations(page: Page): Promise<string[]> {
    // The page's own policy forbids scripts; the DevTools may evaluate one.
    await page.evaluate(axe);
    const results = (await page.evaluate('axe.run()')) as AxeResults;
    expect(results.passes.length).toBeGreaterThan(15);
    return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }

  it('asks for no other file or address', async () => {
    const { page, requests } = await open();
    await page.keyboard.press('Tab');
    expect(requests.map((url) => url.replace(/^file:.*\//, ''))).toEqual(['ports.html']);
  });

  it('takes a keyboard user to the port that was typed', async () => {
    const { page, text, attribute } = await open();
    await press(page, 'Tab');
    await page.keyboard.type('2900');
    expect(await attribute('#port', 'aria-expanded')).toBe('true');
    await press(page, 'Enter');
    expect(await text('#answer-title')).toBe('TCP port 2900');
    expect(await text('#answer-sentence')).toMatch(/^TCP port 2900 lies in 2869-2968, a range reserved by Windows/);
    expect(await text('#answer-advice')).toContain('protect tcp 2900');
    expect(await text('#status')).toBe('TCP port 2900: reserved by Windows or a program');
    expect(await attribute('#map-tcp', 'aria-valuenow')).toBe('2900');
    expect(await attribute('#port', 'aria-expanded')).toBe('false');
  });

  it('finds the ports of a program, which the arrow keys choose from', async () => {
    const { page, text, attribute } = await open();
    await page.focus('#port');
    await page.keyboard.type('FRIENDS');
    expect(await text('#status')).toBe('4 found.');
    expect(await text('#suggestion-0')).toBe('TCP port 5432: in use by browser & <friends>.exe (process 4711)');
    await press(page, 'ArrowDown');
    expect(await attribute('#port', 'aria-activedescendant')).toBe('suggestion-1');
    expect(await attribute('#suggestion-1', 'aria-selected')).toBe('true');
    await press(page, 'ArrowUp', 'ArrowUp', 'Enter');
    expect(await text('#answer-title')).toBe('TCP port 49317');
    expect(await text('#answer-sentence')).toContain('is in use by browser & <friends>.exe (process 4711');
  });

  it('closes the list with Escape, and empties the field with the next one', async () => {
    const { page, attribute } = await open();
    await page.focus('#port');
    await page.keyboard.type('80');
    await press(page, 'Escape');
    expect(await attribute('#port', 'aria-expanded')).toBe('false');
    expect(await page.$eval('#port', (field) => (field as unknown as { value: string }).value)).toBe('80');
    await press(page, 'Escape');
    expect(await page.$eval('#port', (field) => (field as unknown as { value: string }).value)).toBe('');
  });

  it('says so where there is no such port or program', async () => {
    const { page, text } = await open();
    await page.focus('#port');
    for (const typed of ['70000', 'no-such-program']) {
      await page.keyboard.type(typed);
      await press(page, 'Enter');
      expect(await text('#status')).toBe('No such port or program.');
      await press(page, 'Escape');
    }
  });

  it('finds a UDP port, and shows the map of UDP', async () => {
    const { page, text } = await open();
    await page.focus('#port');
    await page.keyboard.type('27016');
    await press(page, 'ArrowDown', 'Enter');
    expect(await text('#answer-title')).toBe('UDP port 27016');
    expect(await text('#answer-sentence')).toMatch(
      /^UDP port 27016 lies in 27015-27018, a block reserved persistently/,
    );
    const shown = await page.$$eval('.map', (maps) =>
      maps.map((map) => (map as unknown as { hidden: boolean }).hidden),
    );
    expect(shown).toEqual([true, false]);
    await page.click('input[value="tcp"]');
    expect(await text('#answer-title')).toBe('TCP port 27016');
    expect(await text('#answer-sentence')).toBe('TCP port 27016 is in no list of Windows, so it is most likely free.');
  });

  it('moves over the map by keys, and names each place', async () => {
    const { page, attribute } = await open('--highlight 3000');
    await page.focus('#map-tcp');
    const moves: [key: string, port: number, words: string][] = [
      ['ArrowRight', 3001, 'free'],
      ['ArrowDown', 3101, 'free'],
      ['ArrowLeft', 3100, 'free'],
      ['n', 3383, 'reserved by Windows or a program'],
      ['PageDown', 4383, 'free'],
      ['n', 5000, 'persistent reservation, part of 5000-5019'],
      ['n', 5003, 'in use by service.exe (process 812)'],
      ['p', 5000, 'persistent reservation, part of 5000-5019'],
      ['ArrowUp', 4900, 'free'],
      ['PageUp', 3900, 'free'],
      ['End', 65_535, 'free, handed out by Windows (dynamic range)'],
      ['ArrowRight', 65_535, 'free, handed out by Windows (dynamic range)'],
      ['Home', 1, 'free'],
    ];
    for (const [key, port, words] of moves) {
      await press(page, key);
      expect([key, await attribute('#map-tcp', 'aria-valuetext')]).toEqual([key, `${port}, ${words}`]);
    }
  });

  it('reaches everything by Tab, in the order of the page', async () => {
    const { page } = await open('-p tcp');
    const reached: string[] = [];
    for (let step = 0; step < 5; step += 1) {
      await press(page, 'Tab');
      reached.push((await page.evaluate('document.activeElement.id || document.activeElement.textContent')) as string);
    }
    expect(reached).toEqual(['port', 'What to do', 'map-tcp', '80', '1026-1125']);
    await press(page, 'Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('answer');
    expect(await opened.text('#answer-title')).toBe('TCP port 1026');
  });

  it.each([5003, 5432, 49_300, 30_000])('goes to the port that was clicked: %i', async (port) => {
    const { page, text } = await open();
    await page.focus('#port');
    await page.keyboard.type(String(port));
    await press(page, 'Enter');
    // Goes to another port, and clicks where the marker was.
    const before = await centerOfMarker(page);
    await page.focus('#map-tcp');
    await press(page, 'ArrowRight');
    expect(await text('#answer-title')).toBe(`TCP port ${port + 1}`);
    const after = await centerOfMarker(page);
    const isStrip = port === 30_000;
    await page.mouse.click(isStrip ? after.x : after.x - (after.width - 5), after.y);
    expect(before.width).toBeCloseTo(after.width);
    const clicked = Number((await text('#answer-title')).replace('TCP port ', ''));
    // In a strip several ports share a pixel.
    expect(Math.abs(clicked - port)).toBeLessThanOrEqual(isStrip ? 100 : 0);
  });

  it('has names and roles for a screen reader', async () => {
    const { page } = await open('--highlight 5003');
    const tree = await page.accessibility.snapshot({ interestingOnly: false });
    const nodes = (node: SerializedAXNode): SerializedAXNode[] => [node, ...(node.children ?? []).flatMap(nodes)];
    const named = tree ? nodes(tree).map(({ role, name, value }) => [role, name, value]) : [];
    expect(named).toEqual(
      expect.arrayContaining([
        ['combobox', 'Port number or program', undefined],
        ['radio', 'TCP', undefined],
        ['slider', 'Map of the TCP ports', 5003],
        ['heading', 'TCP port 5003', undefined],
        ['heading', 'Ports of a simulated Windows', undefined],
        ['button', '5432', undefined],
      ]),
    );
    expect(named.map(([role]) => role)).toEqual(expect.arrayContaining(['status', 'table', 'main', 'search']));
  });

  it.each(['light', 'dark'])('has no violation that axe finds: %s', async (scheme) => {
    const { page } = await open('--highlight 2900');
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    expect(await violations(page)).toEqual([]);
    await page.focus('#port');
    await page.keyboard.type('e');
    expect(await page.$$eval('[role="option"]', (options) => options.length)).toBeGreaterThan(1);
    expect(await violations(page)).toEqual([]);
  });

  it('has dark colors for a dark screen, and light ones on paper all the same', async () => {
    const { page } = await open();
    const background = async () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await background()).toBe('rgb(255, 255, 255)');
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    expect(await background()).toBe('rgb(13, 17, 23)');
    await page.emulateMediaType('print');
    expect(await background()).toBe('rgb(255, 255, 255)');
    const visible = await page.evaluate(
      `[...document.querySelectorAll('.map, .answer')].map((part) => getComputedStyle(part).display)`,
    );
    expect(visible).toEqual(['none', 'block', 'block']);
  });

  it('shows the names of a hostile machine, and obeys none', async () => {
    const machine = new SimulatedWindows();
    const imageName = '</script><img src=x onerror=alert(1)>\u202e&amp;"\u0000.exe';
    const program = machine.startProcess({ imageName, processId: 99 });
    program.confirmBind(program.openSocket('tcp', 4), 3000, ['0.0.0.0']);
    const { page, text } = await open('--highlight 3000', machine);
    const shown = '</script><img src=x onerror=alert(1)>\\u202e&amp;"\\u0000.exe';
    expect(await text('#answer-kind')).toContain(`in use by ${shown} (process 99)`);
    expect(await text('#answer-sentence')).toContain(shown);
    expect(await text('td:nth-child(3)')).toContain(shown);
    await page.focus('#port');
    await page.keyboard.type('onerror');
    expect(await text('#suggestion-0')).toContain(shown);
    expect(await page.$$('img, script:not(#data):not([type="module"])')).toEqual([]);
  });
});

// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch, type Browser, type Page } from 'puppeteer-core';
import { findBrowser } from '../wine/toolchain.mjs';

export const browserPath = findBrowser();
if (browserPath === undefined) {
  const missing = 'no Chromium, Chrome or Edge is installed, and CHROME_PATH names none';
  // In CI a run without a browser would look like one with it.
  if (process.env['CI'] === 'true') throw new Error(`The page of the map cannot be tested: ${missing}.`);
  console.warn(`The page of the map is NOT TESTED: ${missing}. On Debian: apt-get install chromium`);
}

export async function startBrowser(): Promise<Browser> {
  return launch({
    executablePath: browserPath ?? '',
    // Chromium has no sandbox for root, as in a container; the pages here are our own.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    defaultViewport: { width: 1400, height: 900 },
  });
}

export interface OpenPage {
  readonly page: Page;
  /** Everything that went wrong in the page, and each file or address that it asked for. */
  readonly errors: string[];
  readonly requests: string[];
  /** The text of the first element of the selector. */
  readonly text: (selector: string) => Promise<string>;
  readonly attribute: (selector: string, name: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Opens a page from a file, as a user does. */
export async function openPage(browser: Browser, html: string): Promise<OpenPage> {
  const directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-page-'));
  const file = path.join(directory, 'ports.html');
  writeFileSync(file, html);
  const page = await browser.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('dialog', (dialog) => {
    errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  const read = async (expression: string) => (await page.evaluate(expression)) as string;
  await page.goto(pathToFileURL(file).href);
  return {
    page,
    errors,
    requests,
    text: (selector) => read(`document.querySelector(${JSON.stringify(selector)}).textContent`),
    attribute: (selector, name) =>
      read(`document.querySelector(${JSON.stringify(selector)}).getAttribute(${JSON.stringify(name)})`),
    close: async () => {
      await page.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

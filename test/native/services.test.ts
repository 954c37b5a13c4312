// SPDX-License-Identifier: MIT
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listPortOwners } from 'win-port-reservation';

const sc = (...args: string[]) => promisify(execFile)('sc.exe', args);
const names = ['one', 'two'].map((name) => `wpr-${process.pid}-${name}`);
let directory: string;
const fileOf = (name: string) => path.join(directory, name);

/** Waits until a service has written about its port, and returns that. */
async function portOf(name: string): Promise<number> {
  await expect.poll(() => existsSync(fileOf(name)) && readFileSync(fileOf(name), 'utf8').endsWith('\n')).toBe(true);
  return Number(readFileSync(fileOf(name), 'utf8'));
}

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'wpr-'));
  for (const name of names) {
    const command = `C:\\windows\\system32\\port-service.exe ${name} "${fileOf(name)}"`;
    await sc('create', name, 'type=', 'own', 'start=', 'demand', 'binPath=', command);
  }
});

afterEach(async () => {
  for (const name of names) {
    // A service that does not run cannot be stopped.
    await sc('stop', name).catch(() => undefined);
    await sc('delete', name);
  }
  rmSync(directory, { recursive: true, force: true });
});

it('a port of a service is listed with the name of the service', async () => {
  for (const name of names) await sc('start', name);
  const ports: number[] = [];
  for (const name of names) ports.push(await portOf(name));

  const rows = (await listPortOwners({ protocol: 'udp' })).filter(({ port }) => ports.includes(port));
  expect(rows.map(({ port, serviceNames }) => [port, ...serviceNames]).sort()).toEqual(
    names.map((name, index) => [ports[index], name]).sort(),
  );
  for (const { imageName } of rows) expect(imageName).toBe('port-service.exe');
  expect(new Set(rows.map(({ processId }) => processId)).size).toBe(2);
});

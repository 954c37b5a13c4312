// SPDX-License-Identifier: MIT
// Shows that a page of docs/recipes/ that tells something wrong fails its test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { validateWorkflow } from '@action-validator/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stepsOf } from '../recipes/page.js';
import { play } from '../recipes/play.js';
import { readText } from './commands.js';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-page-'));
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

const block = (language: string, ...lines: string[]): string => ['```' + language, ...lines, '```', ''].join('\n');
const server = (status: number, greeting: string): string =>
  block(
    'js',
    '// server.cjs',
    `const server = require('http').createServer((_, response) => response.writeHead(${status}).end());`,
    `server.listen(0, 'localhost', () => console.log(\`${greeting}\${server.address().port}/\`));`,
  );
const start = block('sh', 'node server.cjs');

function playPage(page: string, limitMs?: number): Promise<void> {
  return play(stepsOf(page), { cwd, env: process.env, ...(limitMs !== undefined && { limitMs }) }, 'true');
}

describe.skipIf(process.platform === 'win32')('a page', () => {
  it.each([
    [
      'a file and the output of a command',
      block('js', '// a.cjs', 'console.log(1 + 1, new Date())') + block('sh', 'node a.cjs') + block('text', '2 …'),
    ],
    ['the reason for a command that fails', block('sh', 'echo EACCES; exit 1') + block('text', 'EACCES')],
    ['the address of a server', server(200, 'at http://localhost:') + start + block('text', 'at http://localhost:…/')],
  ])('that tells %s right passes', async (_, page) => {
    await expect(playPage(page)).resolves.toBeUndefined();
  });

  it.each([
    [
      'another output',
      block('sh', 'echo 3069') + block('text', '3070'),
      'lines that are missing in the output of echo 3069',
    ],
    [
      'a file that does not run',
      block('js', '// b.cjs', 'throw new Error("wrong")') + block('sh', 'node b.cjs'),
      'Error: wrong',
    ],
    ['a refusal that is none', block('sh', 'echo EACCES') + block('text', 'EACCES'), 'EACCES'],
    ['nothing of a refusal', block('sh', 'echo EACCES; exit 1') + block('text', 'E…'), 'EACCES'],
    ['a server that ends', block('sh', 'echo at the end') + block('text', 'http://localhost:3000/'), 'at the end'],
    [
      'a server that fails',
      server(500, 'http://localhost:') + start + block('text', 'http://localhost:…'),
      'http://localhost',
    ],
  ])('that tells of %s fails, and shows the output', async (_, page, words) => {
    await expect(playPage(page)).rejects.toThrow(words);
  });

  it.each([
    [
      'another address than its server has',
      server(200, 'http://localhost:') + start + block('text', 'http://localhost:1/'),
    ],
    ['no address of its server', server(200, 'http://localhost:') + start],
  ])('that tells %s fails when the command is ended', async (_, page) => {
    await expect(playPage(page, 100)).rejects.toThrow();
  });

  it.each([
    ['a block without the name of its file', block('js', 'console.log(1)'), 'this block does not name its file'],
    ['an output without a command', block('text', 'hello'), 'no command has this output'],
  ])('with %s is refused', (_, page, message) => {
    expect(() => stepsOf(page)).toThrow(message);
  });
});

it('the workflow on the page about GitHub Actions fits the schema of GitHub, and has the commands that the page shows', () => {
  const steps = stepsOf(readText('docs/recipes/github-actions.md'));
  const workflow = steps.find((step) => step.kind === 'file')?.content ?? '';
  expect(validateWorkflow(workflow)).toMatchObject({ actionType: 'workflow', errors: [] });
  const commands = steps.flatMap((step) => (step.kind === 'command' ? [step.command] : []));
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(workflow).toContain(`run: ${command}\n`);
});

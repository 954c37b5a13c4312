// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { hangLimitMs } from '../shared/time-limits.mjs';

const repository = path.resolve(import.meta.dirname, '../..');
// The rule needs no types, which take ESLint seconds to load.
const eslint = new ESLint({
  cwd: repository,
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
  ruleFilter: ({ ruleId }) => ruleId === 'prose/wording',
});

/** The places, as line:column, at which the rule finds wording to avoid in a file with the text. */
async function findings(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: path.join(repository, file) });
  return (result?.messages ?? []).map(({ line, column }) => `${line}:${column}`);
}

describe('the lint rule for wording', () => {
  const bad = 'What a call needs.';

  it.each([
    ['docs/page.md', `# What it does\n\n${bad}\n`, ['3:1']],
    [
      'docs/page.md',
      'It ends. Those that wait\nend too, and nobody waits for the very\nend.\n',
      ['1:10', '2:14', '2:31'],
    ],
    ['docs/page.md', '| a | b |\n| - | - |\n| x | stands on y |\n', ['3:7']],
    ['docs/page.md', `- An item\n- ${bad}\n`, ['2:3']],
    ['scripts/x.mjs', `f(); // ${bad}\n`, ['1:9']],
    ['scripts/x.mjs', '// It ends.\n// One that waits\n// ends too.\n', ['2:4']],
    ['scripts/x.mjs', `/**\n * Ends it.\n *\n * @param it ${bad} Somebody.\n */\n`, ['4:14', '4:33']],
    ['src/common/ports.ts', "export const message = 'It ends. Who waits is told.';\n", ['1:34']],
    ['src/common/ports.ts', 'export const f = (x: string) => `${x} cannot be had.`;\n', ['1:39']],
    ['native/x.cc', `int x = 1;  // ${bad}\n`, ['1:16']],
    ['native/x.h', `/* Ends it.\n   ${bad} */\nconst char* text = "// ${bad}";\n`, ['2:4']],
    ['.github/workflows/x.yml', `name: x\n# ${bad}\n`, ['2:3']],
  ])('refuses it in %s: %j', async (file, text, expected) => {
    expect((await findings(file, text)).sort()).toEqual(expected);
  });

  it.each([
    ['docs/page.md', 'What does it do? It ends. One process waits.\n'],
    ['docs/page.md', '```js\n// What a call needs.\n```\n\nCall `nobody` and [it](nobody.md).\n'],
    ['docs/page.md', '- It waits for the call\n  One way.\n\nAll of it calls what it needs.\n'],
    ['scripts/x.mjs', "const nobody = 'nobody';\n// Calls `nobody`, which stands here.\n"],
    ['src/common/ports.ts', "export const text = 'nobody';\n"],
  ])('accepts %s: %j', async (file, text) => {
    expect(await findings(file, text)).toEqual([]);
  });
});

it('is spelled with the words of the field, and with American ones', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['node_modules/cspell/bin.mjs', '--no-progress', '--no-summary', '--words-only', 'stdin://docs/page.md'],
    {
      cwd: repository,
      input: 'WinNAT and netsh have no hints.\n\nA resservation of ports has a colour.\n',
      encoding: 'utf8',
      timeout: hangLimitMs,
    },
  );
  expect({ status, words: stdout.trim().split('\n') }).toEqual({ status: 1, words: ['resservation', 'colour'] });
});

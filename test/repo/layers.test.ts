// SPDX-License-Identifier: MIT
import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../..');
// The rules about imports need no types, which take ESLint seconds to load.
const eslint = new ESLint({
  cwd: repository,
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
  ruleFilter: ({ ruleId }) => ruleId.startsWith('import-x/'),
});

/** Lists the import rules that a file of src/ breaks when it also imports a module. */
async function brokenRules(file: string, specifier: string): Promise<string[]> {
  const text = `// SPDX-License-Identifier: MIT\nexport * as other from '${specifier}';\n`;
  const [result] = await eslint.lintText(text, { filePath: path.join(repository, 'src', file) });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId ?? 'error');
}

describe('the layers of src/', () => {
  it.each([
    ['windows/netsh.ts', '../common/errors.js'],
    ['calls/port-owners.ts', '../windows/binding.js'],
    ['reservations/pair.ts', './runtime.js'],
    ['explain/explain.ts', './answer/sentence.js'],
    ['cli/run.ts', '../explain/explain.js'],
  ])('allow %s to import %s', async (file, specifier) => {
    expect(await brokenRules(file, specifier)).toEqual([]);
  });

  it.each([
    ['common/errors.ts', '../windows/native-binding.js'],
    ['windows/netsh.ts', '../cli/run.js'],
    ['calls/port-owners.ts', '../sockets/listen.js'],
    ['sockets/listen.ts', '../index.js'],
    ['search/port-map.ts', '../reservations/pair.js'],
    ['reservations/pair.ts', '../explain/explain.js'],
    ['explain/facts/facts.ts', '../answer/sentence.js'],
    ['simulator/model/machine.ts', '../install.js'],
  ])('refuse that %s imports %s', async (file, specifier) => {
    expect(await brokenRules(file, specifier)).toContain('import-x/no-restricted-paths');
  });

  it('refuse a circle inside a folder', async () => {
    expect(await brokenRules('calls/excluded-port-ranges.ts', './persistent-calls.js')).toEqual(['import-x/no-cycle']);
  });
});

// SPDX-License-Identifier: MIT
// Runs pages of docs/recipes/ with real tools, on the simulated Windows.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPlace } from '../shared/free-place.js';
import { play } from './play.js';
import { moved, stepsOf, takePort, type Step } from './page.js';
import { environment, makeProject, versionsIn } from './project.js';

const directory = path.resolve(import.meta.dirname, '../../docs/recipes');

export interface Recipe {
  /** The port that its page tells of, which WinNAT has at the beginning. */
  readonly port: number;
  /** The names of its tools on the page, by the names of their packages. */
  readonly tools: Readonly<Record<string, string>>;
  /** The files of a project that the page takes for granted; its port may be in them. */
  readonly files?: Readonly<Record<string, string>>;
  /** Texts of the page in whose place the test has others. */
  readonly instead?: Readonly<Record<string, string>>;
  /** The commands that need something that this test has not. */
  readonly leavesOut?: RegExp;
}

export function readPage(page: string): string {
  return readFileSync(path.join(directory, page), 'utf8');
}

/**
 * Tests that each page works as it says, with the versions that it names.
 *
 * @param folder - Has the tools of the pages, relative to this folder.
 */
export function testRecipes(folder: string, recipes: Readonly<Record<string, Recipe>>): void {
  let made = '';
  beforeAll(async () => {
    made = await makeProject(folder);
  });
  afterAll(() => {
    rmSync(made, { recursive: true, force: true });
  });

  describe.concurrent.each(Object.entries(recipes))('%s', (page, recipe) => {
    const { port, tools, files = {}, instead = {}, leavesOut } = recipe;

    it('names the versions with which it runs', () => {
      const versions = versionsIn(folder);
      for (const [tool, name] of Object.entries(tools))
        expect(readPage(page)).toContain(`${name} ${String(versions[tool])}`);
    });

    it('works as it says', async () => {
      const project = path.join(made, 'project');
      const cwd = path.join(project, path.basename(page, '.md'));
      mkdirSync(cwd);
      // The page tells of the port, and of the one behind the block around it.
      const place = await findPlace([0, 69]);
      const text = Object.entries(instead).reduce((told, [from, to]) => told.replaceAll(from, to), readPage(page));
      const steps = stepsOf(moved(text, port, place)).filter(
        (step) => step.kind !== 'command' || leavesOut?.test(step.command) !== true,
      );
      expect(steps.some(({ kind }) => kind === 'command')).toBe(true);
      const given = Object.entries(files).map(([name, content]): Step => ({
        kind: 'file',
        name,
        content: moved(content, port, place),
      }));
      const env = environment(project, path.join(cwd, 'machine.json'));
      await play([...given, ...steps], { cwd, env }, takePort(place));
    });
  });
}

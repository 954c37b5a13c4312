// SPDX-License-Identifier: MIT
// Finds the commands in a text, and checks that the things they name exist.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../', import.meta.url));

export function readText(file: string): string {
  return readFileSync(path.join(repository, file), 'utf8');
}

interface Manifest {
  readonly scripts: Record<string, string>;
  readonly bin?: Record<string, string>;
}

const { scripts, bin = {} } = JSON.parse(readText('package.json')) as Manifest;

/**
 * The scripts of package.json, the files and folders of the repository, and the tools that npx need not fetch. A script
 * that `run --` starts is one of the reader's own project.
 */
const patterns = {
  script: /(?<!\brun -- )\bnpm run (?:--silent )?([\w:-]+)/g,
  path: /(?<![\w./-])((?:test|scripts|bench|examples|src|native|node_modules|\.ci|\.github)\/[\w./-]*\w)/g,
  tool: /\bnpx (?:--no-install )?(?!--)([\w-]+)/g,
};

type Kind = keyof typeof patterns;

const isThere: Record<Kind, (name: string) => boolean> = {
  script: (name) => name in scripts,
  path: (name) => existsSync(path.join(repository, name)),
  tool: (name) => name in bin || existsSync(path.join(repository, 'node_modules', '.bin', name)),
};

export interface Command {
  readonly kind: Kind;
  readonly name: string;
}

export function commandsIn(text: string): Command[] {
  return (Object.keys(patterns) as Kind[]).flatMap((kind) =>
    [...text.matchAll(patterns[kind])].map(([, name = '']) => ({ kind, name })),
  );
}

/** Lists the commands of a text that cannot run, because they name something that does not exist. */
export function brokenCommandsIn(text: string): Command[] {
  return commandsIn(text).filter(({ kind, name }) => !isThere[kind](name));
}

// SPDX-License-Identifier: MIT
// Installs the tools of the recipes, and the packed package beside them, outside the repository.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runNpm } from '../package/child-process.mjs';
import { hangLimitSeconds } from '../package/limits.mjs';
import { pack } from '../package/tarball.mjs';
import { noCertificates } from '../shared/no-certificates.mjs';

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Lists the versions of the tools that a folder of this one installs. */
export function versionsIn(folder: string): Readonly<Record<string, string>> {
  const text = readFileSync(path.join(import.meta.dirname, folder, 'package.json'), 'utf8');
  return (JSON.parse(text) as Manifest).devDependencies;
}

/**
 * Makes a project with the tools of a folder and the package.
 *
 * @param folder - Has a package.json and its lock file, relative to this folder.
 * @returns The folder of the project, which the caller deletes.
 */
export async function makeProject(folder: string): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-recipes-'));
  const tarball = await pack(path.join(directory, 'packed'), true);
  const project = path.join(directory, 'project');
  mkdirSync(project);
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(path.join(import.meta.dirname, folder, name), path.join(project, name));
  const options = { cwd: project, seconds: hangLimitSeconds };
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  await runNpm(['ci', ...quiet], options);
  await runNpm(['install', '--no-save', ...quiet, tarball], options);
  return directory;
}

/** The environment of the commands of a page: one of a user who has the tools in the path, on the simulated Windows. */
export function environment(project: string, machine: string): NodeJS.ProcessEnv {
  const own =
    /^(npm_|VITEST|WPR_|WIN_PORT_RESERVATION|NODE_ENV$|NODE_PATH$|TEST$|DEV$|PROD$|SSR$|MODE$|FORCE_COLOR$|CI$)/;
  const inherited = Object.entries(process.env).filter(([name]) => !own.test(name));
  const simulate = path.join(project, 'node_modules/win-port-reservation/dist/simulator/simulate.js');
  return {
    ...Object.fromEntries(inherited),
    PATH: [path.join(project, 'node_modules/.bin'), process.env['PATH']].join(path.delimiter),
    NODE_OPTIONS: `--import=${pathToFileURL(simulate).href}`,
    WIN_PORT_RESERVATION_MACHINE: machine,
    PM2_HOME: path.join(path.dirname(machine), 'pm2'),
    NEXT_TELEMETRY_DISABLED: '1',
    NUXT_TELEMETRY_DISABLED: '1',
    NO_COLOR: '1',
    ...noCertificates,
  };
}

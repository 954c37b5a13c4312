// SPDX-License-Identifier: MIT
// Makes projects that have installed the tarball, in their own folders outside the repository.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from '../wine/paths.mjs';
import { runNode, runNpm } from './child-process.mjs';
import { hangLimitSeconds } from './limits.mjs';
import { throwProblems } from './report.mjs';
import { filesIn } from './tarball.mjs';

const consumers = path.join(import.meta.dirname, 'consumers');

export class Project {
  /**
   * @param {string} directory
   * @param {string} name Of the package.
   */
  constructor(directory, name) {
    this.directory = directory;
    this.installed = path.join(directory, 'node_modules', name);
    this.manifest = JSON.parse(readFileSync(path.join(this.installed, 'package.json'), 'utf8'));
  }

  /**
   * Puts a script of the folder `consumers` into the project.
   *
   * @param {string} name
   * @param {string} [as] Another name for it.
   * @returns {string} Its path there.
   */
  add(name, as = name) {
    const file = path.join(this.directory, as);
    copyFileSync(path.join(consumers, name), file);
    return file;
  }

  /**
   * Runs a script of the project in this Node.
   *
   * @param {string[]} args
   */
  run(args) {
    // The file of a simulated machine for this project alone.
    const env = { WIN_PORT_RESERVATION_MACHINE: path.join(this.directory, 'machine.json') };
    return runNode(args, { cwd: this.directory, seconds: hangLimitSeconds, env });
  }

  /**
   * Lists the names by which programs import the package: `exports` of its package.json, without files that are not
   * modules.
   */
  get specifiers() {
    return Object.keys(this.manifest.exports)
      .filter((subpath) => !subpath.endsWith('.json'))
      .map((subpath) => path.posix.join(this.manifest.name, subpath));
  }

  /**
   * Lists the files of prebuilt binaries for a platform and an architecture.
   *
   * @param {string} folder For instance `win32-x64`.
   */
  prebuild(folder) {
    const directory = path.join(this.installed, 'prebuilds', folder);
    const [name] = readdirSync(directory);
    return path.join(directory, name);
  }
}

/**
 * Makes an empty project into which npm has installed the tarball.
 *
 * @param {string} directory
 * @param {import('./tarball.mjs').PackedPackage} packed
 */
export async function installWithNpm(directory, { tarball, manifest }) {
  createEmptyProject(directory);
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await runNpm(['install', tarball, ...quiet], { cwd: directory, seconds: hangLimitSeconds });
  return new Project(directory, manifest.name);
}

/**
 * Makes the same with pnpm, which gives each package only the dependencies that it declares.
 *
 * @param {string} directory
 * @param {import('./tarball.mjs').PackedPackage} packed
 */
export async function installWithPnpm(directory, { tarball, manifest }) {
  createEmptyProject(directory);
  const pnpm = path.join(repository, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
  const own = ['--store-dir', path.join(directory, 'store'), '--ignore-scripts', '--reporter=append-only'];
  await runNode([pnpm, 'add', tarball, ...own], { cwd: directory, seconds: hangLimitSeconds });
  return new Project(directory, manifest.name);
}

function createEmptyProject(directory) {
  mkdirSync(directory);
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
}

/**
 * Searches every package of the project for anything that would run or compile at installation.
 *
 * @param {Project} project
 * @returns {string} The number of packages.
 */
export function checkNothingRunsAtInstall({ directory }) {
  const { packages } = JSON.parse(readFileSync(path.join(directory, 'node_modules', '.package-lock.json'), 'utf8'));
  const problems = Object.entries(packages).flatMap(([folder, { hasInstallScript }]) => [
    ...(hasInstallScript ? [`${folder} has an install script`] : []),
    ...(existsSync(path.join(directory, folder, 'binding.gyp')) ? [`${folder} has a binding.gyp`] : []),
  ]);
  const addons = filesIn(path.join(directory, 'node_modules')).filter((file) => file.endsWith('.node'));
  throwProblems([
    ...problems,
    ...addons.filter((file) => !file.includes('/prebuilds/win32-')).map((file) => `${file} was built`),
  ]);
  return `${Object.keys(packages).length} packages`;
}

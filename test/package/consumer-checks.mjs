// SPDX-License-Identifier: MIT
// Checks that programs of every kind can use the installed package.
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import path from 'node:path';
import ts from 'typescript';
import { repository } from '../wine/paths.mjs';
import { runNode, runWell } from './child-process.mjs';
import { hangLimitSeconds } from './limits.mjs';
import { Problems, throwProblems } from './report.mjs';

/** @typedef {import('./project.mjs').Project} Project */

/** Preloads the simulated Windows of the installed package. */
const simulate = (project) => `--import=${project.manifest.name}/simulate`;

/** @param {string[]} names */
const count = (names, what) => `${names.length} ${what}${names.length === 1 ? '' : 's'}`;

/**
 * Loads every entry point, and compares what it exports with what its types say.
 *
 * @param {Project} project
 * @param {'import' | 'require'} way
 */
export async function checkModules(project, way) {
  const script = project.add('modules.mjs');
  const { specifiers } = project;
  const { stdout } = await project.run([script, way, ...specifiers]);
  const loaded = JSON.parse(stdout);
  throwProblems(
    specifiers.flatMap((specifier) => {
      const [declared, there] = [declaredValues(project, specifier), loaded[specifier].sort()];
      return isDeepStrictEqual(declared, there) ? [] : [`${specifier} exports ${there}, and its types say ${declared}`];
    }),
  );
  return count(specifiers, 'entry point');
}

/** Lists the values, not the types, that the types of an entry point declare. */
function declaredValues(project, specifier) {
  const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  const from = path.join(project.directory, 'index.mts');
  const { resolvedModule } = ts.resolveModuleName(
    specifier,
    from,
    options,
    ts.sys,
    undefined,
    undefined,
    ts.ModuleKind.ESNext,
  );
  if (!resolvedModule) throw new Problems([`${specifier} has no types`]);
  const program = ts.createProgram([resolvedModule.resolvedFileName], { ...options, types: [], noLib: true });
  const source = program.getSourceFile(resolvedModule.resolvedFileName);
  const checker = program.getTypeChecker();
  const module = source && checker.getSymbolAtLocation(source);
  // A file without imports and exports is not a module and declares nothing.
  if (!module) return [];
  return checker
    .getExportsOfModule(module)
    .filter((symbol) => !symbol.declarations?.some(isTypeOnly))
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter(({ flags }) => flags & ts.SymbolFlags.Value)
    .map(({ name }) => name)
    .sort();
}

/** Whether it is one of `export type { ... }`, which may name a class. */
const isTypeOnly = (declaration) =>
  ts.isExportSpecifier(declaration) && (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly);

/**
 * Asks every command of the package for its version and for help.
 *
 * @param {Project} project
 * @param {(args: string[], command: string, target: string) => Promise<string>} run Gives what a command prints, which is
 * the script `target`.
 */
export async function checkCommands({ manifest, installed }, run) {
  const { bin = {}, name, version } = manifest;
  const commands = Object.entries(typeof bin === 'string' ? { [name]: bin } : bin);
  for (const [command, script] of commands) {
    const target = path.join(installed, script);
    const printed = (await run(['--version'], command, target)).trim();
    if (printed !== version) throw new Problems([`${command} --version prints ${printed}, not ${version}`]);
    const help = await run(['--help'], command, target);
    if (!help.includes(command)) throw new Problems([`${command} --help does not name the command: ${help}`]);
  }
  return count(commands, 'command');
}

/**
 * Does the same with the commands where npm has put them, as a user starts them.
 *
 * @param {Project} project
 */
export function checkInstalledCommands(project) {
  const directory = path.join(project.directory, 'node_modules', '.bin');
  return checkCommands(project, async (args, command) => {
    const { stdout } = await runWell([path.join(directory, command), ...args], {
      cwd: project.directory,
      seconds: hangLimitSeconds,
    });
    return stdout;
  });
}

/** The settings with which TypeScript resolves the package, each with the files to try it on. */
const resolutions = {
  node16: { options: { module: 'node16', moduleResolution: 'node16' }, extensions: ['mts'] },
  // Only with this setting may a CommonJS file import an ES module, as Node allows.
  nodenext: { options: { module: 'nodenext', moduleResolution: 'nodenext' }, extensions: ['mts', 'cts'] },
  bundler: { options: { module: 'esnext', moduleResolution: 'bundler' }, extensions: ['mts'] },
  // This setting is older than `exports`: it uses `typesVersions`.
  node10: {
    options: { module: 'esnext', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
    extensions: ['ts'],
  },
};

/** @typedef {keyof typeof resolutions} Resolution */

export const resolutionNames = /** @type {Resolution[]} */ (Object.keys(resolutions));

/**
 * Compiles a program against the package, with all its types checked.
 *
 * @param {Project} project
 * @param {Resolution} resolution
 */
export async function checkTypes(project, resolution) {
  const { options, extensions } = resolutions[resolution];
  const imports = project.specifiers.map((specifier, index) => `import * as entry${index} from '${specifier}';`);
  const uses = project.specifiers.map((_, index) => `entry${index}`);
  const files = extensions.flatMap((extension) => {
    const entries = `entries.${extension}`;
    writeFileSync(
      path.join(project.directory, entries),
      `${imports.join('\n')}\nexport const all = [${uses.join(', ')}];\n`,
    );
    project.add('program.mts', `program.${extension}`);
    return [entries, `program.${extension}`];
  });
  const config = `tsconfig.${resolution}.json`;
  const compilerOptions = {
    ...options,
    ...{ target: 'es2022', strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
    // A program that uses Node has its types.
    ...{ types: ['node'], typeRoots: [path.join(repository, 'node_modules', '@types')] },
  };
  writeFileSync(path.join(project.directory, config), JSON.stringify({ compilerOptions, files }));
  const tsc = path.join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  await runNode([tsc, '-p', config], { cwd: project.directory, seconds: hangLimitSeconds });
  return count(files, 'file');
}

/**
 * Does the typical job of the package on a simulated Windows.
 *
 * @param {Project} project
 * @param {string} [script]
 */
export async function checkJob(project, script = project.add('job.mjs')) {
  await project.run([simulate(project), script]);
  return 'tcp and udp';
}

const formats = /** @type {const} */ ({ esm: 'mjs', cjs: 'cjs' });

/**
 * Bundles a script of the folder `consumers` with esbuild.
 *
 * @param {Project} project
 * @param {string} script
 * @param {keyof typeof formats} format
 * @param {string[]} options
 * @returns {Promise<string>} The bundle, in a folder of its own below the project.
 */
export async function bundle(project, script, format, options) {
  const source = project.add(script);
  const file = path.join(project.directory, 'bundles', `${path.basename(script, '.mjs')}.${formats[format]}`);
  const esbuild = path.join(repository, 'node_modules', '.bin', 'esbuild');
  const how = ['--bundle', '--platform=node', `--format=${format}`, '--log-level=error', `--outfile=${file}`];
  // A program or a script, depending on whether its own install script ran.
  await runWell([esbuild, source, ...how, ...options], { cwd: project.directory, seconds: hangLimitSeconds });
  return file;
}

/**
 * Bundles the job with the package left external, as the README says.
 *
 * @param {Project} project
 * @param {keyof typeof formats} format
 */
export function bundleJob(project, format) {
  return bundle(project, 'job.mjs', format, [`--external:${project.manifest.name}`]);
}

/**
 * Does the job on a simulated Windows, bundled.
 *
 * @param {Project} project
 */
export async function checkExternalBundle(project) {
  const names = /** @type {(keyof typeof formats)[]} */ (Object.keys(formats));
  for (const format of names) await checkJob(project, await bundleJob(project, format));
  return names.join(', ');
}

// SPDX-License-Identifier: MIT
// Packs the package and checks the tarball. `--release` checks the tarball that is to be published: it must have a
// binary for every architecture, made by Microsoft's linker with all its hardening. `--out <file>` puts the checked
// tarball there, to publish exactly that file. `--built` packs the existing dist/ and binary, which a check that runs at
// the same time may be using.
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { nodeVersions, repository } from '../wine/paths.mjs';
import { findToolchain } from '../wine/toolchain.mjs';
import { runNode } from './child-process.mjs';
import {
  checkExternalBundle,
  checkInstalledCommands,
  checkJob,
  checkModules,
  checkTypes,
  resolutionNames,
} from './consumer-checks.mjs';
import {
  brokenEntryPoints,
  documents,
  entryPoints,
  installTimeWork,
  prebuildFolders,
  strayFiles,
} from './contents.mjs';
import { audit, profileOf, rulesFor } from './hardening.mjs';
import { sizeLimits, hangLimitSeconds } from './limits.mjs';
import { checkWithAttw, checkWithPublint } from './lint-checks.mjs';
import { PeImage } from './pe/image.mjs';
import { headerProblems, nodeApiOf } from './prebuilds.mjs';
import { checkNothingRunsAtInstall, installWithNpm, installWithPnpm } from './project.mjs';
import { unreachableModules } from './reachability.mjs';
import { Problems, Report, Skipped, throwProblems } from './report.mjs';
import { filesIn, pack, sizeOf, unpack } from './tarball.mjs';
import {
  checkBundledIn,
  checkBundleOnWindows,
  checkCommandsOnWindows,
  checkJobOnWindows,
  checkModulesOnWindows,
  checkSeam,
  windowsNodes,
} from './windows-checks.mjs';

/** @typedef {import('./tarball.mjs').PackedPackage} PackedPackage */
/** @typedef {import('./project.mjs').Project} Project */

const { values } = parseArgs({
  options: {
    release: { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
    out: { type: 'string', default: '' },
  },
});
const sizes = sizeLimits[values.release ? 'msvc' : 'cross'];
/** The binaries that a release must have; the cross-build makes one of them. */
const prebuilds = values.release ? prebuildFolders : ['win32-x64'];
const toolchain = findToolchain();

/** @param {number} size @param {number} limit */
function figureOf(size, limit) {
  const [actual, most] = [size, limit].map((bytes) => Math.ceil(bytes / 1024));
  if (size > limit) throw new Problems([`${actual} KB; at most ${most}`]);
  return `${actual} of ${most} KB`;
}

/** There is no binary yet, or one of the cross-build that may be out of date. */
async function crossBuildIfNeeded() {
  const directory = path.join(repository, 'prebuilds', 'win32-x64');
  const addon = existsSync(directory) ? readdirSync(directory).find((name) => name.endsWith('.node')) : undefined;
  const isRelease = addon !== undefined && new PeImage(readFileSync(path.join(directory, addon))).isFromMicrosoftLinker;
  if (values.release || isRelease || !toolchain.available) return;
  await runNode(['scripts/build-cross.mjs'], { cwd: repository, seconds: hangLimitSeconds });
}

/** @param {string[]} files @param {string} folder */
const findPrebuild = (files, folder) => files.find((file) => file.startsWith(`prebuilds/${folder}/`));

/**
 * Tells whether the binary is missing only because there is no compiler for it. @param {string[]} files @param {string}
 * folder
 */
const cannotBuild = (files, folder) =>
  !values.release && !toolchain.available && findPrebuild(files, folder) === undefined;

/** @param {Report} report @param {PackedPackage} packed */
async function checkContents(report, { files, manifest, read }) {
  const sources = filesIn(path.join(repository, 'src'));
  const present = documents.filter((file) => existsSync(path.join(repository, file)));
  await report.check('contents: nothing missing, nothing else', () => {
    const expected = prebuilds.filter((folder) => !cannotBuild(files, folder));
    throwProblems(strayFiles(files, { sources, present }, expected));
    return `${files.length} files`;
  });
  await report.check('contents: nothing runs at install', () => {
    throwProblems(installTimeWork(manifest, files));
    return '';
  });
  await report.check('contents: entry points are there', () => {
    throwProblems(brokenEntryPoints(manifest, files));
    return `${entryPoints(manifest).length} files`;
  });
  await report.check('contents: every module is of use', () => {
    throwProblems(unreachableModules(manifest, files, read));
    return '';
  });
}

/** @param {Report} report @param {PackedPackage} packed @param {string} folder */
async function checkPrebuild(report, { files, read }, folder) {
  const image = () => {
    if (cannotBuild(files, folder)) throw new Skipped(toolchain.reason);
    const file = findPrebuild(files, folder);
    if (file === undefined) throw new Problems([`there is no binary in prebuilds/${folder}`]);
    return new PeImage(read(file));
  };
  const profileFor = (binary) => (values.release ? 'msvc' : profileOf(binary));
  await report.check(`${folder}: a DLL of its kind`, () => {
    const binary = image();
    throwProblems(headerProblems(binary, folder, profileFor(binary)));
    return figureOf(binary.bytes.length, sizeLimits[profileFor(binary)].addon);
  });
  await report.check(`${folder}: Node-API`, () => {
    const { version, problems } = nodeApiOf(image());
    throwProblems(problems);
    return `version ${version}`;
  });
  await report.check(`${folder}: hardening`, () => {
    const binary = image();
    const profile = profileFor(binary);
    throwProblems(audit(binary, profile));
    return `${rulesFor(binary, profile).length} rules of profile ${profile}`;
  });
}

/** @param {Report} report @param {Project} project */
async function checkConsumers(report, project) {
  await report.check('use: import', () => checkModules(project, 'import'));
  await report.check('use: require', () => checkModules(project, 'require'));
  await report.check('use: commands', () => checkInstalledCommands(project));
  for (const resolution of resolutionNames) {
    await report.check(`use: TypeScript, ${resolution}`, () => checkTypes(project, resolution));
  }
  await report.check('use: simulated Windows', () => checkJob(project));
  await report.check('use: esbuild, the package external', () => checkExternalBundle(project));
  await report.check('use: esbuild, bundled in, says why not', () => checkBundledIn(project));
}

/** @param {Report} report @param {Project} project */
async function checkOnWindows(report, project) {
  for (const node of windowsNodes) {
    const title = `Windows Node ${nodeVersions[node]}`;
    await report.check(`${title}: exports of the addon`, () => checkSeam(project, node));
    await report.check(`${title}: entry points`, () => checkModulesOnWindows(project, node));
    await report.check(`${title}: commands`, () => checkCommandsOnWindows(project, node));
    await report.check(`${title}: the job`, () => checkJobOnWindows(project, node));
    await report.check(`${title}: the job, bundled`, () => checkBundleOnWindows(project, node));
  }
}

/** @param {Report} report @param {PackedPackage} packed @param {Project} project */
async function checkSizes(report, { tarball }, project) {
  const installed = sizeOf(project.installed);
  const withDependencies = sizeOf(path.join(project.directory, 'node_modules'));
  await report.check('size: tarball', () => figureOf(statSync(tarball).size, sizes.tarball));
  await report.check('size: installed', () => figureOf(installed, sizes.installed));
  await report.check('size: installed, with dependencies', () =>
    figureOf(withDependencies, sizes.installedWithDependencies),
  );
}

/** @param {Report} report @param {string} scratch */
async function checkPackage(report, scratch) {
  /** @type {PackedPackage | undefined} */
  let packed;
  await report.check('pack: npm pack', async () => {
    if (!values.built) await crossBuildIfNeeded();
    packed = await unpack(await pack(path.join(scratch, 'packed'), values.built), path.join(scratch, 'unpacked'));
    return path.basename(packed.tarball);
  });
  if (!packed) return;
  await checkContents(report, packed);
  for (const folder of prebuilds) await checkPrebuild(report, packed, folder);
  await report.check('lint: publint', () => checkWithPublint(packed));
  await report.check('lint: are the types wrong', () => checkWithAttw(packed));

  /** @type {Project | undefined} */
  let project;
  await report.check('install: npm, nothing runs, nothing is built', async () => {
    project = await installWithNpm(path.join(scratch, 'npm'), packed);
    return checkNothingRunsAtInstall(project);
  });
  if (!project) return;
  await checkConsumers(report, project);
  await report.check('install: pnpm', async () => checkJob(await installWithPnpm(path.join(scratch, 'pnpm'), packed)));
  await checkOnWindows(report, project);
  await checkSizes(report, packed, project);
  if (values.out !== '' && report.isGood) copyFileSync(packed.tarball, values.out);
}

const scratch = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-package-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(name, () => process.exit(128 + constants.signals[name]));
}
const report = new Report();
await checkPackage(report, scratch);
report.end();
process.exitCode = report.isGood ? 0 : 1;

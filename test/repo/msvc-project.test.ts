// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Tests the project that node-gyp makes from binding.gyp for Visual Studio, which no compiler here can check: gyp
// silently drops keys that it does not know.

const repository = fileURLToPath(new URL('../../', import.meta.url));
const nodeGyp = path.dirname(createRequire(import.meta.url).resolve('node-gyp/package.json'));
const prefixes = [process.config.variables.node_prefix, path.resolve(process.execPath, '../..')];
const commonGypi = prefixes.map((prefix) => path.join(prefix, 'include/node/common.gypi')).find(existsSync);
const hasPython = spawnSync('python3', ['--version']).status === 0;
const missing = [...(commonGypi === undefined ? ["this Node's headers"] : []), ...(hasPython ? [] : ['python3'])];

type Arch = 'x64' | 'ia32' | 'arm64';

let directory: string;

/** Makes the project file with the function that node-gyp uses on Windows. */
function generate(arch: Arch, variables: Record<string, string> = {}): string {
  const work = mkdtempSync(path.join(directory, `${arch}-`));
  cpSync(path.join(repository, 'binding.gyp'), path.join(work, 'binding.gyp'));
  cpSync(path.join(repository, 'native'), path.join(work, 'native'), { recursive: true });
  symlinkSync(path.join(repository, 'node_modules'), path.join(work, 'node_modules'));
  const config = {
    target_defaults: { msbuild_toolset: 'v143' },
    variables: { ...configVariables(arch), ...variables },
  };
  writeFileSync(path.join(work, 'config.gypi'), JSON.stringify(config));
  const definitions = {
    OS: 'win',
    library: 'shared_library',
    visibility: 'default',
    node_root_dir: 'C:\\headers',
    node_gyp_dir: nodeGyp,
    node_lib_file: 'node.lib',
    module_root_dir: work,
    node_engine: 'v8',
  };
  const args = [
    ...[path.join(nodeGyp, 'gyp/gyp_main.py'), 'binding.gyp', '-f', 'msvs', '--depth=.', '--no-parallel'],
    ...['config.gypi', path.join(nodeGyp, 'addon.gypi'), commonGypi ?? ''].flatMap((file) => ['-I', file]),
    ...Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`),
  ];
  const { status, stderr } = spawnSync('python3', args, {
    cwd: work,
    encoding: 'utf8',
    // A locale without UTF-8, as on Windows: gyp writes its files in no other.
    env: { ...process.env, LC_ALL: 'en_US.ISO-8859-1', GYP_MSVS_VERSION: '2015', GYP_MSVS_OVERRIDE_PATH: work },
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return readFileSync(path.join(work, 'win-port-reservation.vcxproj'), 'utf8');
}

/** The variables that the gypi files need and that a Node on Windows has in its process.config. */
function configVariables(arch: Arch): Record<string, unknown> {
  const own = new Map(
    Object.entries<unknown>(process.config.variables).map(([name, value]) => [name, stringOf(value)]),
  );
  return { ...Object.fromEntries(own), target_arch: arch, host_arch: arch, clang: 0, standalone_static_library: 1 };
}

function stringOf(value: unknown): unknown {
  return typeof value === 'boolean' ? String(value) : value;
}

/** Returns the values of an element in the section for releases. */
function release(project: string, element: string): string[] {
  const [part = ''] = project.split('<ItemDefinitionGroup').slice(-1);
  return [...part.matchAll(new RegExp(`<${element}>([^<]*)<`, 'g'))].map(([, value]) => value ?? '');
}

const title = 'the project for Visual Studio';
describe.skipIf(missing.length > 0)(`${title}${missing.map((what) => ` [needs ${what}]`).join('')}`, () => {
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-gyp-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const linkerOptions = ['/guard:cf', '/DYNAMICBASE', '/NXCOMPAT', '/DEPENDENTLOADFLAG:0x800', '/PDBALTPATH:%_PDB%'];

  it.each([
    ['x64', [...linkerOptions, '/HIGHENTROPYVA', '/CETCOMPAT']],
    ['ia32', [...linkerOptions, '/CETCOMPAT']],
    ['arm64', [...linkerOptions, '/HIGHENTROPYVA']],
  ] as const)('has every warning as an error, and the hardening that %s can have', (arch, options) => {
    const project = generate(arch);
    expect(release(project, 'WarningLevel')).toEqual(['Level4']);
    expect(release(project, 'TreatWarningAsError')).toEqual(['true']);
    expect(project).toContain('<SpectreMitigation>Spectre</SpectreMitigation>');
    const [compiler = '', linker = ''] = release(project, 'AdditionalOptions').map((text) => text.split(' '));
    expect(compiler).toEqual(expect.arrayContaining(['/std:c++17', '/permissive-', '/utf-8', '/guard:cf']));
    expect(linker).toEqual(expect.arrayContaining([...options]));
    for (const option of ['/HIGHENTROPYVA', '/CETCOMPAT'] as const) {
      expect(linker.includes(option)).toBe((options as readonly string[]).includes(option));
    }
  });

  it('loads node.exe late, with a hook that finds its host program', () => {
    const project = generate('x64', { node_with_ltcg: 'true' });
    expect(release(project, 'DelayLoadDLLs')[0]).toMatch(/^node\.exe;/);
    expect(project).toMatch(/<ClCompile Include="[^"]*win_delay_load_hook\.cc"/);
  });

  it('does not fail because of unreachable code, which whole-program optimization finds in other headers', () => {
    const project = generate('x64', { node_with_ltcg: 'true' });
    expect(project).toMatch(/<WholeProgramOptimization>true</i);
    const [disabled = ''] = release(project, 'DisableSpecificWarnings');
    expect(disabled.split(';')).toContain('4702');
  });

  it('has the warnings off that Node switches off, most of them about narrowed numbers, and three more', () => {
    const disabled = release(generate('x64'), 'DisableSpecificWarnings').flatMap((text) => text.split(';'));
    expect(disabled).toEqual(expect.arrayContaining(['4244', '4267', '4800']));
    const [, common = ''] = /'msvs_disabled_warnings': \[(.*?)\]/s.exec(readFileSync(commonGypi ?? '', 'utf8')) ?? [];
    const ours = disabled.filter((number) => /^\d+$/.test(number) && !common.includes(number));
    expect(ours.sort()).toEqual(['4055', '4702', '4949']);
  });

  it('leaves out the Spectre-mitigated libraries on request', () => {
    expect(generate('x64', { spectre_mitigation: 'false' })).toContain('<SpectreMitigation>false</SpectreMitigation>');
  });
});

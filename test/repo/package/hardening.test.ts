// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { audit, buildPathsIn, profileOf, rulesFor } from '../../package/hardening.mjs';
import { PeImage } from '../../package/pe/image.mjs';
import { loadConfigOf as readLoadConfig } from '../../package/pe/load-config.mjs';
import { buildPe, hardened, type Architecture, type Description } from './pe-builder.js';

const architectures = ['x64', 'arm64', 'ia32'] as const satisfies Architecture[];
const imageOf = (description: Description) => new PeImage(buildPe(description));
const namesOf = (problems: readonly string[]) => problems.map((problem) => problem.replace(/: .*/, ''));

/** For each rule, a change that makes a binary break that rule and no other. */
const flaws: Record<string, (good: Description) => Partial<Description>> = {
  DYNAMICBASE: ({ dllFlags }) => ({ dllFlags: dllFlags & ~0x40 }),
  HIGHENTROPYVA: ({ dllFlags }) => ({ dllFlags: dllFlags & ~0x20 }),
  NXCOMPAT: ({ dllFlags }) => ({ dllFlags: dllFlags & ~0x100 }),
  relocations: ({ fileFlags }) => ({ fileFlags: fileFlags | 0x1 }),
  'relocations, none': () => ({ relocations: false }),
  'W^X sections': () => ({ sectionFlags: 0xe000_0040 }),
  'no build paths': () => ({ symbolFile: 'D:\\a\\checkout\\build\\Release\\win-port-reservation.pdb' }),
  'GUARD:CF': ({ dllFlags }) => ({ dllFlags: dllFlags & ~0x4000 }),
  'GUARD:CF tables': (good) => ({ loadConfig: { ...loadConfigOf(good), guardFlags: 0x400 } }),
  'GUARD:CF tables, none': (good) => ({ loadConfig: { ...loadConfigOf(good), guardFlags: 0x100 } }),
  'GUARD:CF tables, no check': (good) => ({ loadConfig: { ...loadConfigOf(good), guardCheckFunction: 0 } }),
  CETCOMPAT: () => ({ extendedDllFlags: 0 }),
  'CETCOMPAT, nothing of the kind': () => ({ extendedDllFlags: undefined }),
  'DEPENDENTLOADFLAG:0x800': (good) => ({ loadConfig: { ...loadConfigOf(good), dependentLoadFlags: 0 } }),
  'DELAYLOAD:node.exe': ({ imports, delayImports }) => ({ imports: { ...imports, ...delayImports }, delayImports: {} }),
  'DELAYLOAD:node.exe, and at once': ({ imports, delayImports }) => ({ imports: { ...imports, ...delayImports } }),
};

function loadConfigOf({ loadConfig }: Description) {
  if (!loadConfig) throw new Error('it has none');
  return loadConfig;
}

describe.each(architectures)('the audit of a binary for %s', (architecture) => {
  const good = hardened(architecture);
  const rules = rulesFor(imageOf(good), 'msvc').map(({ name }) => name);

  it('finds nothing in a fully hardened binary', () => {
    expect(audit(imageOf(good), 'msvc')).toEqual([]);
    expect(profileOf(imageOf(good))).toBe('msvc');
  });

  it.each(Object.entries(flaws).filter(([flaw]) => rules.includes(flaw.replace(/, .*/, ''))))(
    'names the missing hardening: %s',
    (flaw, flawed) => {
      const problems = audit(imageOf({ ...good, ...flawed(good) }), 'msvc');
      // The name of the rule comes before its explanation.
      expect(problems.map((problem) => problem.startsWith(`${flaw.replace(/, .*/, '')}: `))).toEqual([true]);
    },
  );

  it('has a flaw for every rule', () => {
    const named = new Set(Object.keys(flaws).map((flaw) => flaw.replace(/, .*/, '')));
    expect(rules.filter((rule) => !named.has(rule))).toEqual([]);
  });

  it('counts the functions that guarded calls may reach', () => {
    expect(readLoadConfig(imageOf(good)).guardFunctionCount).toBe(7n);
    expect(readLoadConfig(imageOf({ ...good, loadConfig: undefined })).guardFunctionCount).toBe(0n);
  });

  it('finds the load configuration of an older linker too short for newer fields', () => {
    const problems = audit(imageOf({ ...good, loadConfig: { ...loadConfigOf(good), size: 40 } }), 'msvc');
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^GUARD:CF tables: /);
    expect(problems[1]).toMatch(/^DEPENDENTLOADFLAG:0x800: /);
  });
});

describe('the profiles', () => {
  it('ask of the cross-build only what its linker can do', () => {
    const crossBuilt: Description = {
      ...hardened('x64'),
      richHeader: false,
      dllFlags: 0x160,
      loadConfig: undefined,
      extendedDllFlags: undefined,
      delayImports: {},
    };
    expect(profileOf(imageOf(crossBuilt))).toBe('cross');
    expect(audit(imageOf(crossBuilt), 'cross')).toEqual([]);
    expect(namesOf(audit(imageOf(crossBuilt), 'msvc'))).toEqual([
      'GUARD:CF',
      'GUARD:CF tables',
      'CETCOMPAT',
      'DEPENDENTLOADFLAG:0x800',
      'DELAYLOAD:node.exe',
    ]);
  });

  it("ask of LLVM's linker all but the shadow stack and delayed loading", () => {
    const good = hardened('x64');
    const linked = { ...good, richHeader: false, extendedDllFlags: undefined, delayImports: {} };
    expect(audit(imageOf(linked), 'lld')).toEqual([]);
    expect(namesOf(audit(imageOf(linked), 'msvc'))).toEqual(['CETCOMPAT', 'DELAYLOAD:node.exe']);
    const unguarded = { ...linked, dllFlags: 0x160, loadConfig: undefined };
    expect(namesOf(audit(imageOf(unguarded), 'lld'))).toEqual([
      'GUARD:CF',
      'GUARD:CF tables',
      'DEPENDENTLOADFLAG:0x800',
    ]);
  });

  it('ask for wide addresses on 64 bits, and for a shadow stack on x64', () => {
    const namesFor = (architecture: Architecture) =>
      rulesFor(imageOf(hardened(architecture)), 'msvc').map(({ name }) => name);
    const [x64, arm64, ia32] = architectures.map(namesFor);
    expect(x64?.filter((name) => !arm64?.includes(name))).toEqual(['CETCOMPAT']);
    expect(arm64?.filter((name) => !ia32?.includes(name))).toEqual(['HIGHENTROPYVA']);
  });
});

describe('paths of the machine that built a binary', () => {
  const pathsIn = (contents: Buffer) => buildPathsIn(imageOf({ ...hardened('x64'), contents }));

  it.each([
    ['C:\\Users\\somebody\\checkout\\native\\addon.cc'],
    ['D:/a/checkout/native/addon.cc'],
    ['/home/somebody/checkout/native/addon.cc'],
  ])('%s is found in bytes and in UTF-16, at any offset', (found) => {
    for (const encoding of ['latin1', 'utf16le'] as const) {
      for (const gap of [1, 2]) {
        expect(pathsIn(Buffer.concat([Buffer.alloc(gap), Buffer.from(found, encoding), Buffer.alloc(2)]))).toEqual([
          found,
        ]);
      }
    }
  });

  it.each([['native/addon.cc'], ['\\Device\\Tcp'], ['https://nodejs.org/api'], ['C:\\'], ['x:/']])(
    '%s is none',
    (text) => {
      expect(pathsIn(Buffer.from(`\0${text}\0`))).toEqual([]);
    },
  );
});

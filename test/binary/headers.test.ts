// SPDX-License-Identifier: MIT
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit, profileOf, rulesFor } from '../package/hardening.mjs';
import { sizeLimits } from '../package/limits.mjs';
import { dllFlags, PeImage } from '../package/pe/image.mjs';
import { exportsOf, importsOf } from '../package/pe/symbols.mjs';
import { headerProblems, nodeApiOf } from '../package/prebuilds.mjs';
import { addonIn, crossBuild, noToolchain, readHeaders, repository, ring } from './toolchain.js';

/** For each rule, changes the bytes of a copy of the binary so that it breaks the rule. */
const flaws: Record<string, (image: PeImage) => void> = {
  DYNAMICBASE: (image) => {
    clear(image, image.optionalHeader + 70, 0x40);
  },
  HIGHENTROPYVA: (image) => {
    clear(image, image.optionalHeader + 70, 0x20);
  },
  NXCOMPAT: (image) => {
    clear(image, image.optionalHeader + 70, 0x100);
  },
  relocations: (image) => {
    image.bytes.writeUInt16LE(image.fileFlags | 0x1, image.fileHeader + 18);
  },
  'W^X sections': (image) => {
    const header = image.bytes.indexOf('.text\0\0\0', image.optionalHeader, 'latin1');
    image.bytes.writeUInt32LE(image.bytes.readUInt32LE(header + 36) + 0x8000_0000, header + 36);
  },
  'no build paths': (image) => {
    const firstPage = 0x1000;
    image.bytes.write('/home/builder/checkout/native/addon.cc', image.offsetOf(firstPage));
  },
};

function clear(image: PeImage, offset: number, flag: number): void {
  image.bytes.writeUInt16LE(image.bytes.readUInt16LE(offset) & ~flag, offset);
}

const binaries = [
  { arch: 'x64', format: 'pei-x86-64', rules: Object.keys(flaws) },
  { arch: 'ia32', format: 'pei-i386', rules: Object.keys(flaws).filter((rule) => rule !== 'HIGHENTROPYVA') },
];
const audited = binaries.filter(({ arch }) => ring.isMainRing || arch === ring.arch);
const binary = `the $arch binary (${noToolchain || 'as cross-built'})`;

describe.skipIf(noToolchain !== '').each(audited)(binary, ({ arch, format, rules }) => {
  let scratch: string;
  let file: string;
  let bytes: Buffer;
  const copy = (): PeImage => new PeImage(Buffer.from(bytes));

  beforeAll(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-headers-'));
    // The addon of the ring is tested as Windows Node loads it.
    if (arch !== ring.arch) crossBuild(repository, '--arch', arch, '--out', scratch);
    file = addonIn(arch === ring.arch ? ring.addonDirectory : scratch);
    bytes = readFileSync(file);
  });
  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  it('is a DLL for its processor, with the exports of an addon and the imports that every Windows has', () => {
    expect(headerProblems(copy(), `win32-${arch}`, 'cross')).toEqual([]);
  });

  it('asks for an address above 4 GiB only if it has pointers for that', () => {
    expect((copy().dllFlags & dllFlags.highEntropyVa) !== 0).toBe(copy().wordSize === 8);
  });

  it('needs nothing that is newer than Node-API 9', () => {
    const { version, problems } = nodeApiOf(copy());
    expect(problems).toEqual([]);
    expect(version).toBeGreaterThan(0);
  });

  it('has every hardening that its linker can give it', () => {
    expect(profileOf(copy())).toBe('cross');
    expect(audit(copy(), 'cross')).toEqual([]);
  });

  it('has a flaw below for every rule', () => {
    expect(rules).toEqual(rulesFor(copy(), 'cross').map(({ name }) => name));
  });

  it.each(rules)('is reported when it breaks the rule %s', (rule) => {
    const spoilt = copy();
    flaws[rule]?.(spoilt);
    const problems = audit(new PeImage(spoilt.bytes), 'cross');
    expect(problems.map((problem) => problem.startsWith(`${rule}: `))).toEqual([true]);
  });

  it('is smaller than its limit', () => {
    expect(bytes.length).toBeLessThan(sizeLimits.cross.addon);
  });

  it('is read by this package as objdump reads it', () => {
    const headers = readHeaders(file);
    const all = (pattern: RegExp) => [...headers.matchAll(pattern)].map(([, text]) => text);
    const image = copy();
    expect(headers).toContain(`file format ${format}`);
    expect(all(/^DllCharacteristics\s+(\w+)$/gm)).toEqual([image.dllFlags.toString(16).padStart(8, '0')]);
    expect(all(/^\s*DLL Name: (\S+)$/gm).map((name) => name?.toLowerCase())).toEqual([...importsOf(image).keys()]);
    // Newer versions print the ordinal before the hint.
    const member = /^\t[\da-f]{5,8}(?:\t +\d+| {2}<none> {2}[\da-f]{4}) {2}(\w+)$/gm;
    expect(all(member)).toEqual([...importsOf(image).values()].flat());
    expect(all(/^\s+\[\s*\d+\] (?:\+base\[\s*\d+\]\s+\S+ )?([a-z]\w+)$/gm)).toEqual(exportsOf(image));
  });
});

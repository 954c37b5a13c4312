// SPDX-License-Identifier: MIT
// Makes Windows binaries to try the audit on: for any architecture, with every header that Microsoft's linker writes,
// and nothing to execute.

export type Architecture = 'x64' | 'arm64' | 'ia32';

export interface Description {
  readonly architecture: Architecture;
  /** Whether the binary has the mark of Microsoft's linker. */
  readonly richHeader: boolean;
  readonly fileFlags: number;
  readonly dllFlags: number;
  readonly sectionFlags: number;
  readonly relocations: boolean;
  readonly exports: readonly string[];
  /** The names, or the numbers, of functions by DLL. */
  readonly imports: Imports;
  readonly delayImports: Imports;
  readonly loadConfig: LoadConfig | undefined;
  readonly extendedDllFlags: number | undefined;
  readonly symbolFile: string | undefined;
  /** Other bytes to put into the file. */
  readonly contents: Buffer;
}

type Imports = Readonly<Record<string, readonly (string | number)[]>>;

export interface LoadConfig {
  readonly size: number;
  readonly dependentLoadFlags: number;
  readonly guardCheckFunction: number;
  readonly guardFunctionCount: number;
  readonly guardFlags: number;
}

const machines = { x64: 0x8664, arm64: 0xaa64, ia32: 0x14c };
const loadConfigFields = {
  64: { dependentLoadFlags: 78, guardCheckFunction: 112, guardFunctionCount: 136, guardFlags: 144 },
  32: { dependentLoadFlags: 54, guardCheckFunction: 72, guardFunctionCount: 84, guardFlags: 88 },
};

/** The options of a release: everything that the audit asks for. */
export function hardened(architecture: Architecture): Description {
  return {
    architecture,
    richHeader: true,
    fileFlags: 0x2022,
    dllFlags: architecture === 'ia32' ? 0x4140 : 0x4160,
    sectionFlags: 0x4000_0040,
    relocations: true,
    exports: ['napi_register_module_v1', 'node_api_module_get_api_version_v1'],
    imports: { 'KERNEL32.dll': ['GetLastError', 'CloseHandle'], 'WS2_32.dll': [23, 'WSAIoctl'] },
    delayImports: { 'node.exe': ['napi_create_function', 'napi_create_bigint_uint64'] },
    loadConfig: {
      size: 320,
      dependentLoadFlags: 0x800,
      guardCheckFunction: 0x1_0000,
      guardFunctionCount: 7,
      guardFlags: 0x500,
    },
    extendedDllFlags: architecture === 'x64' ? 1 : undefined,
    symbolFile: 'win-port-reservation.pdb',
    contents: Buffer.alloc(0),
  };
}

/** Everything is in one section; its addresses are the offsets in the file plus this. */
const shift = 0xe00;
const sectionOffset = 0x200;

/** Appends to the section and returns the address once loaded. */
class Section {
  #bytes = Buffer.alloc(0);

  add(bytes: Buffer): number {
    const address = sectionOffset + shift + this.#bytes.length;
    this.#bytes = Buffer.concat([this.#bytes, bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
    return address;
  }

  addText(text: string): number {
    return this.add(Buffer.from(`${text}\0`, 'latin1'));
  }

  get bytes(): Buffer {
    return this.#bytes;
  }
}

const numbers = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32LE(value, 4 * index));
  return bytes;
};

export function buildPe(description: Description): Buffer {
  const is64Bit = description.architecture !== 'ia32';
  const section = new Section();
  const directories = new Map<number, readonly [address: number, size: number]>();
  const directory = (index: number, bytes: Buffer): void => {
    directories.set(index, [section.add(bytes), bytes.length]);
  };

  section.add(description.contents);
  const names = description.exports.map((name) => section.addText(name));
  directory(0, numbers(...[0, 0, 0, 0, 1, 0], names.length, 0, section.add(numbers(...names)), 0));
  directory(1, importDescriptors(section, description.imports, is64Bit));
  directory(13, delayDescriptors(section, description.delayImports, is64Bit));
  if (description.relocations) directory(5, numbers(0x1000, 8));
  if (description.loadConfig) directory(10, loadConfigBytes(description.loadConfig, is64Bit));
  directory(6, debugDirectory(section, description));
  return Buffer.concat([headers(description, directories, section.bytes.length), section.bytes]);
}

function lookupTable(section: Section, functions: readonly (string | number)[], is64Bit: boolean): number {
  const table = Buffer.alloc((functions.length + 1) * (is64Bit ? 8 : 4));
  functions.forEach((name, index) => {
    const byNumber = typeof name === 'number';
    const value = byNumber ? name : section.addText(`\0\0${name}`);
    table.writeUInt32LE(value, index * (is64Bit ? 8 : 4));
    const highest = (index + 1) * (is64Bit ? 8 : 4) - 1;
    if (byNumber) table.writeUInt8(0x80, highest);
  });
  return section.add(table);
}

function importDescriptors(section: Section, imports: Imports, is64Bit: boolean): Buffer {
  const descriptors = Object.entries(imports).map(([library, functions]) => {
    const table = lookupTable(section, functions, is64Bit);
    return numbers(table, 0, 0, section.addText(library), table);
  });
  return Buffer.concat([...descriptors, Buffer.alloc(20)]);
}

function delayDescriptors(section: Section, imports: Imports, is64Bit: boolean): Buffer {
  const descriptors = Object.entries(imports).map(([library, functions]) => {
    const table = lookupTable(section, functions, is64Bit);
    return numbers(1, section.addText(library), 0, table, table, 0, 0, 0);
  });
  return Buffer.concat([...descriptors, Buffer.alloc(32)]);
}

function loadConfigBytes(loadConfig: LoadConfig, is64Bit: boolean) {
  const { size, dependentLoadFlags, guardCheckFunction, guardFunctionCount, guardFlags } = loadConfig;
  const offsets = loadConfigFields[is64Bit ? 64 : 32];
  const bytes = Buffer.alloc(320);
  bytes.writeUInt32LE(size, 0);
  bytes.writeUInt16LE(dependentLoadFlags, offsets.dependentLoadFlags);
  bytes.writeUInt32LE(guardCheckFunction, offsets.guardCheckFunction);
  bytes.writeUInt32LE(guardFunctionCount, offsets.guardFunctionCount);
  bytes.writeUInt32LE(guardFlags, offsets.guardFlags);
  return bytes;
}

function debugDirectory(section: Section, { symbolFile, extendedDllFlags }: Description): Buffer {
  const entries: Buffer[] = [];
  const entry = (type: number, data: Buffer): void => {
    const address = section.add(data);
    entries.push(numbers(0, 0, 0, type, data.length, address, address - shift));
  };
  if (symbolFile !== undefined) {
    entry(2, Buffer.concat([Buffer.from('RSDS'), Buffer.alloc(20), Buffer.from(`${symbolFile}\0`)]));
  }
  if (extendedDllFlags !== undefined) entry(20, numbers(extendedDllFlags));
  return Buffer.concat(entries);
}

function headers(
  description: Description,
  directories: ReadonlyMap<number, readonly [address: number, size: number]>,
  size: number,
): Buffer {
  const is64Bit = description.architecture !== 'ia32';
  const bytes = Buffer.alloc(sectionOffset);
  bytes.write('MZ', 0, 'latin1');
  bytes.writeUInt32LE(0x80, 0x3c);
  if (description.richHeader) bytes.write('Rich', 0x60, 'latin1');
  bytes.write('PE', 0x80, 'latin1');
  const file = 0x84;
  const optional = file + 20;
  const firstDirectory = optional + (is64Bit ? 112 : 96);
  bytes.writeUInt16LE(machines[description.architecture], file);
  bytes.writeUInt16LE(1, file + 2);
  bytes.writeUInt16LE(firstDirectory + 128 - optional, file + 16);
  bytes.writeUInt16LE(description.fileFlags, file + 18);
  bytes.writeUInt16LE(is64Bit ? 0x20b : 0x10b, optional);
  bytes.writeUInt16LE(description.dllFlags, optional + 70);
  bytes.writeUInt32LE(16, firstDirectory - 4);
  for (const [index, [address, length]] of directories) {
    bytes.writeUInt32LE(address, firstDirectory + 8 * index);
    bytes.writeUInt32LE(length, firstDirectory + 8 * index + 4);
  }
  const section = firstDirectory + 128;
  bytes.write('.all', section, 'latin1');
  bytes.writeUInt32LE(size, section + 8);
  bytes.writeUInt32LE(sectionOffset + shift, section + 12);
  bytes.writeUInt32LE(size, section + 16);
  bytes.writeUInt32LE(sectionOffset, section + 20);
  bytes.writeUInt32LE(description.sectionFlags, section + 36);
  return bytes;
}

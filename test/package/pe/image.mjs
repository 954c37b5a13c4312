// SPDX-License-Identifier: MIT
// The headers of a Windows binary, as the loader reads them: the PE format of learn.microsoft.com/windows/win32/debug/pe-format.

/** @typedef {'x64' | 'arm64' | 'ia32'} Architecture As Node calls them. */

/** @type {Record<number, Architecture>} */
const architectures = { 0x8664: 'x64', 0xaa64: 'arm64', 0x14c: 'ia32' };

/** IMAGE_FILE_* */
export const fileFlags = { relocationsStripped: 0x1, dll: 0x2000 };

/** IMAGE_DLLCHARACTERISTICS_* */
export const dllFlags = { highEntropyVa: 0x20, dynamicBase: 0x40, nxCompat: 0x100, guardCf: 0x4000 };

/** IMAGE_SCN_MEM_* */
export const sectionFlags = { executable: 0x2000_0000, writable: 0x8000_0000 };

/** IMAGE_DIRECTORY_ENTRY_* */
export const directories = { export: 0, import: 1, relocation: 5, debug: 6, loadConfig: 10, delayImport: 13 };

/**
 * @typedef {object} Section
 * @property {string} name
 * @property {number} address The address once it is loaded, from the start of the image.
 * @property {number} offset The offset in the file.
 * @property {number} size The number of its bytes in the file.
 * @property {number} flags
 */

export class PeImage {
  /** @type {Buffer} */
  bytes;
  /** The offset of the COFF header, past the signature. */
  fileHeader;
  optionalHeader;
  is64Bit;
  /** @type {readonly Section[]} */
  sections;

  /**
   * @param {Buffer} bytes The whole file.
   * @throws Error if this is not a PE file, or only a part of one.
   */
  constructor(bytes) {
    this.bytes = bytes;
    if (bytes.length < 0x40 || bytes.toString('latin1', 0, 2) !== 'MZ') throw new Error('not a PE file: no DOS header');
    const signature = bytes.readUInt32LE(0x3c);
    if (bytes.toString('latin1', signature, signature + 4) !== 'PE\0\0') throw new Error('not a PE file: no signature');
    this.fileHeader = signature + 4;
    this.optionalHeader = this.fileHeader + 20;
    const magic = this.uint16(this.optionalHeader);
    if (magic !== 0x10b && magic !== 0x20b) throw new Error(`not a PE file: its optional header has magic ${magic}`);
    this.is64Bit = magic === 0x20b;
    this.sections = this.#readSections();
  }

  /** @returns {Architecture | undefined} */
  get architecture() {
    return architectures[this.uint16(this.fileHeader)];
  }

  get fileFlags() {
    return this.uint16(this.fileHeader + 18);
  }

  get dllFlags() {
    return this.uint16(this.optionalHeader + 70);
  }

  /** Tells whether Microsoft's linker made it: only that leaves a "Rich" header behind the DOS stub. */
  get isFromMicrosoftLinker() {
    const richHeader = this.bytes.lastIndexOf('Rich', this.fileHeader, 'latin1');
    return richHeader >= 0x40;
  }

  /**
   * @param {number} index One of `directories`.
   * @returns {{ address: number, size: number }} Both 0 if there is none.
   */
  directory(index) {
    const first = this.optionalHeader + (this.is64Bit ? 112 : 96);
    if (index >= this.uint32(first - 4)) return { address: 0, size: 0 };
    return { address: this.uint32(first + 8 * index), size: this.uint32(first + 8 * index + 4) };
  }

  /**
   * Converts an address of the loaded image to an offset in the file.
   *
   * @param {number} address From the start of the image.
   */
  offsetOf(address) {
    const section = this.sections.find((each) => address >= each.address && address < each.address + each.size);
    if (!section) throw new Error(`no section of the file holds the address 0x${address.toString(16)}`);
    return section.offset + address - section.address;
  }

  /** @param {number} offset In the file. */
  uint16(offset) {
    return this.bytes.readUInt16LE(offset);
  }

  /** @param {number} offset In the file. */
  uint32(offset) {
    return this.bytes.readUInt32LE(offset);
  }

  /** The size of a pointer. */
  get wordSize() {
    return this.is64Bit ? 8 : 4;
  }

  /**
   * A number of the size of a pointer.
   *
   * @param {number} offset In the file.
   */
  word(offset) {
    return this.is64Bit ? this.bytes.readBigUInt64LE(offset) : BigInt(this.uint32(offset));
  }

  /**
   * A text that ends with a NUL.
   *
   * @param {number} address From the start of the image.
   */
  textAt(address) {
    const offset = this.offsetOf(address);
    return this.bytes.toString('latin1', offset, this.bytes.indexOf(0, offset));
  }

  #readSections() {
    const count = this.uint16(this.fileHeader + 2);
    const first = this.optionalHeader + this.uint16(this.fileHeader + 16);
    return Array.from({ length: count }, (_, index) => {
      const header = first + 40 * index;
      return {
        name: this.bytes.toString('latin1', header, header + 8).replace(/\0+$/, ''),
        address: this.uint32(header + 12),
        size: this.uint32(header + 16),
        offset: this.uint32(header + 20),
        flags: this.uint32(header + 36),
      };
    });
  }
}

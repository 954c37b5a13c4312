// SPDX-License-Identifier: MIT
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { variable } from '../common/environment.js';
import type { PortBlock } from '../common/ports.js';
import { installed } from '../windows/installed-windows.js';

/** Records the exclusions of a protection, so that exactly these can be undone. */
export interface ProtectionRecord {
  /** The block that was asked for. */
  readonly block: PortBlock;
  /** The parts of it that were excluded for it; others were excluded before. */
  readonly excluded: readonly PortBlock[];
}

export interface ProtectionRecords {
  list(): Promise<readonly ProtectionRecord[]>;
  add(record: ProtectionRecord): Promise<void>;
  remove(block: PortBlock): Promise<void>;
}

/**
 * Opens the records of this machine: a file for each block, under %ProgramData%, where elevated processes write and every
 * user reads. A record is only ever a permission to delete an exclusion that the user has named by its numbers.
 */
export function openRecords(): ProtectionRecords {
  const machine = installed.at(-1);
  const shared = machine?.share?.();
  if (shared !== undefined && 'file' in shared) return inFolder(recordsBeside(String(shared.file)));
  if (machine === undefined) return inFolder(path.join(programData(), 'win-port-reservation', 'protected'));
  let records = inMemory.get(machine);
  if (!records) inMemory.set(machine, (records = memoryRecords()));
  return records;
}

/** Gives the folder of the records of a simulated machine, which lies beside the file of the machine. */
export function recordsBeside(machineFile: string): string {
  return `${machineFile}.protected`;
}

/**
 * Records a protection before it is made, so that one that is killed in the middle can be undone.
 *
 * @returns The function that forgets it, for a protection that failed.
 */
export async function recordProtection(block: PortBlock, excluded: readonly PortBlock[]): Promise<() => Promise<void>> {
  const records = openRecords();
  const before = (await records.list()).find((record) => keyOf(record.block) === keyOf(block));
  const all = new Map([...(before?.excluded ?? []), ...excluded].map((part) => [keyOf(part), part]));
  await records.add({ block, excluded: [...all.values()] });
  return () => (before ? records.add(before) : records.remove(block));
}

const inMemory = new WeakMap<object, ProtectionRecords>();

function programData(): string {
  return variable(process.env, 'ProgramData') ?? 'C:\\ProgramData';
}

function inFolder(folder: string): ProtectionRecords {
  const fileOf = (block: PortBlock): string => path.join(folder, `${keyOf(block)}.json`);
  return {
    async list() {
      const names = await readdir(folder).catch(ignore('ENOENT', []));
      const records = names.filter((name) => name.endsWith('.json')).map((name) => readRecord(path.join(folder, name)));
      return (await Promise.all(records)).filter((record) => record !== undefined);
    },
    async add(record) {
      await mkdir(folder, { recursive: true });
      // A reader sees all of a record or none of it.
      const temporary = path.join(folder, `${keyOf(record.block)}-${process.pid}.tmp`);
      await writeFile(temporary, JSON.stringify(record));
      await rename(temporary, fileOf(record.block));
    },
    async remove(block) {
      await rm(fileOf(block), { force: true });
    },
  };
}

/** A file that does not hold a record is none: it permits nothing. */
async function readRecord(file: string): Promise<ProtectionRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(ignore('ENOENT', ''));
  try {
    const { block, excluded } = JSON.parse(text) as ProtectionRecord;
    return { block: copyOf(block), excluded: excluded.map(copyOf) };
  } catch {
    return undefined;
  }
}

function copyOf({ protocol, startPort, numberOfPorts }: PortBlock): PortBlock {
  return { protocol, startPort, numberOfPorts };
}

function memoryRecords(): ProtectionRecords {
  const records = new Map<string, ProtectionRecord>();
  return {
    list: () => Promise.resolve([...records.values()]),
    add(record) {
      records.set(keyOf(record.block), record);
      return Promise.resolve();
    },
    remove(block) {
      records.delete(keyOf(block));
      return Promise.resolve();
    },
  };
}

function keyOf({ protocol, startPort, numberOfPorts }: PortBlock): string {
  return `${protocol}-${startPort}-${numberOfPorts}`;
}

function ignore<Value>(code: string, value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === code) return value;
    throw error;
  };
}

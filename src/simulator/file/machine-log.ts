// SPDX-License-Identifier: MIT
import { randomBytes, randomInt } from 'node:crypto';
import { closeSync } from 'node:fs';
import { SimulatedWindows } from '../model/machine.js';
import type { MachineChanges, SavedChanges } from '../model/machine-changes.js';
import type { SavedMachine } from '../model/saved-machine.js';
import { appendTo, bytesFrom, type OpenedFile, openRegular, replaceFile } from './machine-file-content.js';

// The file is a log. Its first line is an id, its second line a whole machine, and each further line the changes of one
// transaction. A thread keeps the machine that it has read, and reads only the lines that were added since. A process
// that is killed in the middle of a line leaves a line without an end, which never counted, and which the next line
// replaces. When the log has become long, a new one with another id takes its place, in one step.

/** The process of the host behind a process of the machine. */
export interface HostProcess {
  readonly pid: number;
  /** Its start time, as the system counts, because another process may get the same pid later. */
  readonly started: string;
  /** Its id on the machine. */
  readonly id: number;
}

/** The content of the file: the machine, and the process of the host behind each of its processes, by its pid. */
export interface MachineContent {
  readonly machine: SimulatedWindows;
  readonly processes: Map<number, HostProcess>;
}

interface WholeMachine {
  readonly machine: SavedMachine;
  readonly processes: readonly HostProcess[];
}

interface Transaction {
  readonly changes?: SavedChanges | undefined;
  /** All of them, if any has changed. */
  readonly processes?: readonly HostProcess[] | undefined;
}

/** The state of the machine after the lines before `end`. */
interface Replica extends MachineContent {
  /** The first line of the file; empty for a machine that is in no file yet. */
  readonly id: string;
  readonly changes: MachineChanges;
  /** The JSON of the processes in the file. */
  knownProcesses: string;
  /** The number of bytes of the file's lines. */
  end: number;
  /** A log that grows longer than this is replaced. */
  readonly limit: number;
}

/** The file of a machine. Its caller holds the lock from `open` to `close`. */
export class MachineLog {
  readonly #file: string;
  #opened: OpenedFile | undefined;
  /** The machine of the last transaction, if it is as the file says. */
  #kept: Replica | undefined;
  #current: Replica | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Opens the file and reads the machine: a new one if there is no file, or an empty one. */
  open(): MachineContent {
    const opened = (this.#opened = openRegular(this.#file));
    const kept = this.#kept;
    // The machine counts as kept again when its changes are in the file.
    this.#kept = undefined;
    if (opened === undefined || opened.size === 0) return (this.#current = newReplica());
    return (this.#current = kept && catchUp(kept, opened) ? kept : readWhole(opened));
  }

  /** Writes the changes that were made to the machine since `open`, all of them or none. */
  save(): void {
    const current = this.#current;
    if (current === undefined) return;
    const line = takeLine(current);
    if (line === undefined && current.id !== '') {
      this.#kept = current;
      return;
    }
    const end = current.end + Buffer.byteLength(line ?? '');
    if (line === undefined || this.#opened?.isOwn !== true || current.id === '' || end > current.limit) {
      this.#replace(current);
    } else {
      appendTo(this.#opened.descriptor, line, current.end);
      current.end = end;
      this.#kept = current;
    }
  }

  close(): void {
    this.#current = undefined;
    if (this.#opened !== undefined) closeSync(this.#opened.descriptor);
    this.#opened = undefined;
  }

  #replace(current: Replica): void {
    // Windows replaces no file that is open.
    if (this.#opened !== undefined) closeSync(this.#opened.descriptor);
    this.#opened = undefined;
    const { machine, processes } = current;
    const id = `${JSON.stringify({ log: randomBytes(8).toString('hex') })}\n`;
    const whole: WholeMachine = { machine: machine.save(), processes: [...processes.values()] };
    const content = `${id}${JSON.stringify(whole)}\n`;
    replaceFile(this.#file, content);
    const end = Buffer.byteLength(content);
    this.#kept = { ...current, id, end, limit: limitOf(end) };
  }
}

/** A log of a small machine stays in one block of the disk or a few; that of a big machine is rarely written whole. */
function limitOf(wholeBytes: number): number {
  return 3 * wholeBytes + 65_536;
}

function replica(content: MachineContent, id: string, end: number, wholeBytes: number): Replica {
  const knownProcesses = JSON.stringify([...content.processes.values()]);
  return { ...content, id, end, limit: limitOf(wholeBytes), knownProcesses, changes: content.machine.followChanges() };
}

/**
 * Makes a machine whose ids differ from those of a machine that was in the file before: sockets of that machine may
 * still be open, and closing them must not close sockets of this one.
 */
function newReplica(): Replica {
  const saved = { ...new SimulatedWindows().save(), nextId: randomInt(1, 2 ** 40) };
  return replica({ machine: SimulatedWindows.restore(saved), processes: new Map() }, '', 0, 0);
}

function readWhole(opened: OpenedFile): Replica {
  const bytes = bytesFrom(opened, 0, opened.size);
  const end = endOfLines(bytes);
  const [id = '', whole = '', ...transactions] = bytes.toString('utf8', 0, end).split('\n');
  try {
    // An earlier version, or a program, wrote a whole machine and nothing else.
    if (!/^\{"log":"\w+"\}$/.test(id)) return replica(contentOf(bytes.toString()), '', 0, 0);
    const read = replica(contentOf(whole), `${id}\n`, end, id.length + Buffer.byteLength(whole));
    applyAll(read, transactions);
    return read;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`it does not hold a simulated machine (${reason})`, { cause });
  }
}

function contentOf(json: string): MachineContent {
  const { machine, processes } = JSON.parse(json) as WholeMachine;
  const content: MachineContent = { machine: SimulatedWindows.restore(machine), processes: new Map() };
  setProcesses(content, processes);
  return content;
}

/** Applies the lines that were added since; returns false if the file is another log, or was not only added to. */
function catchUp(kept: Replica, opened: OpenedFile): boolean {
  if (bytesFrom(opened, 0, Buffer.byteLength(kept.id)).toString() !== kept.id) return false;
  // Read the end of the last known line too: where a user has edited the file, it is no longer in its place.
  const bytes = bytesFrom(opened, kept.end - 1, Math.max(0, opened.size - kept.end + 1));
  const end = endOfLines(bytes);
  const lines = bytes.toString('utf8', 0, end);
  if (!lines.startsWith('\n')) return false;
  try {
    applyAll(kept, lines.split('\n'));
  } catch {
    return false;
  }
  kept.end += end - 1;
  return true;
}

/** Finds where the last line ends that is whole. */
function endOfLines(bytes: Buffer): number {
  return bytes.lastIndexOf('\n') + 1;
}

function applyAll(to: Replica, lines: readonly string[]): void {
  for (const line of lines.filter((each) => each !== '')) {
    const { changes, processes } = JSON.parse(line) as Transaction;
    if (changes !== undefined) to.changes.apply(changes);
    if (processes !== undefined) {
      setProcesses(to, processes);
      to.knownProcesses = JSON.stringify(processes);
    }
  }
}

function setProcesses({ processes }: MachineContent, saved: readonly HostProcess[]): void {
  processes.clear();
  for (const entry of saved) processes.set(entry.pid, entry);
}

/** Returns the line of a transaction; undefined if it changed nothing. */
function takeLine(current: Replica): string | undefined {
  const changes = current.changes.take();
  const processes = [...current.processes.values()];
  const json = JSON.stringify(processes);
  const areNew = json !== current.knownProcesses;
  current.knownProcesses = json;
  if (changes === undefined && !areNew) return undefined;
  const transaction: Transaction = { changes, processes: areNew ? processes : undefined };
  return `${JSON.stringify(transaction)}\n`;
}

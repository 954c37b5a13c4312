// SPDX-License-Identifier: MIT
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listProcesses, startElevated } from '../calls/processes.js';
import { packageError } from '../common/errors.js';
import { systemClock, type Clock } from '../machine/wait.js';
import { ElevatedFailure, type ErrorReport } from './elevated-failure.js';

// The elevated process reports through a named pipe, and not through a file: it would follow a link that a program puts in
// the place of the file. Only this user and administrators may write to the pipe, whose name cannot be guessed.

export interface ElevatedRunTools {
  readonly clock: Clock;
  readonly start: typeof startElevated;
  /** Whether a process is still there. */
  readonly isRunning: (processId: number) => Promise<boolean>;
}

const systemElevation: ElevatedRunTools = {
  clock: systemClock,
  start: startElevated,
  async isRunning(processId) {
    return (await listProcesses()).some((row) => row.processId === processId);
  },
};

const pollMs = 500;

/**
 * Runs the same command in an elevated process, for which Windows asks the user, and waits for its end.
 *
 * @param main - The file of the command line.
 * @param args - Its arguments. None of them contains a quotation mark.
 * @returns The document that the command printed.
 */
export async function runElevated(
  main: string,
  args: readonly (string | number)[],
  { clock, start, isRunning }: ElevatedRunTools = systemElevation,
): Promise<Record<string, unknown>> {
  const mailbox = await openMailbox();
  try {
    const command = [main, ...args, '--report-to', mailbox.address].map((word) => `"${word}"`).join(' ');
    const processId = await start(process.execPath, command, path.dirname(process.execPath));
    let isThere = true;
    for (;;) {
      const letter = await Promise.race([mailbox.letter, clock.sleep(pollMs)]);
      if (letter !== undefined) return readLetter(letter);
      // Its last words may still be on their way.
      if (!isThere)
        throw packageError('ERR_ELEVATED_PROCESS', 'Run the command in an elevated shell to see what it prints.');
      isThere = await isRunning(processId);
    }
  } finally {
    await mailbox.close();
  }
}

/** Sends a document to the process that waits for it. */
export async function reportTo(address: string, document: string): Promise<void> {
  const socket = connect(address);
  await once(socket, 'connect');
  socket.end(document);
  await once(socket, 'close');
}

interface Mailbox {
  readonly address: string;
  readonly letter: Promise<string>;
  close(): Promise<void>;
}

async function openMailbox(): Promise<Mailbox> {
  const name = `win-port-reservation-${randomBytes(16).toString('hex')}`;
  const isWindows = process.platform === 'win32';
  const folder = isWindows ? undefined : await mkdtemp(path.join(tmpdir(), 'win-port-reservation-'));
  const address = folder === undefined ? `\\\\.\\pipe\\${name}` : path.join(folder, name);
  const server = createServer({ allowHalfOpen: false });
  const letter = receive(server);
  server.listen(address);
  await once(server, 'listening');
  return {
    address,
    letter,
    async close() {
      server.close();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for the first whole document. */
function receive(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.on('connection', (socket: Socket) => {
      let text = '';
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => (text += chunk));
      socket.on('error', () => undefined);
      socket.once('end', () => {
        resolve(text);
      });
    });
  });
}

function readLetter(letter: string): Record<string, unknown> {
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(letter) as Record<string, unknown>;
  } catch (cause) {
    throw packageError(
      'ERR_ELEVATED_PROCESS',
      'Its report is incomplete: run the command in an elevated shell to see what it prints.',
      { cause },
    );
  }
  if ('error' in document) throw new ElevatedFailure(document['error'] as ErrorReport);
  return document;
}

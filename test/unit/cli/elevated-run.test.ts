// SPDX-License-Identifier: MIT
import { connect } from 'node:net';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ElevatedFailure } from '../../../src/cli/elevated-failure.js';
import { reportTo, runElevated, type ElevatedRunTools } from '../../../src/cli/elevated-run.js';
import { PortReservationError } from '../../../src/common/errors.js';
import { FakeClock } from '../machine/fake-tools.js';

interface Started {
  readonly file: string;
  readonly parameters: string;
  readonly address: string;
}

/** Tools that start a process which does what the test says, and is running until that is done. */
function toolsWith(work: (started: Started) => Promise<void>): ElevatedRunTools & { readonly started: Started[] } {
  const started: Started[] = [];
  let isRunning = true;
  // Lets the event loop have its turn.
  const clock = new FakeClock();
  const sleep = async (milliseconds: number): Promise<void> => {
    await clock.sleep(milliseconds);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    started,
    clock: { now: () => clock.now(), sleep },
    start(file, parameters) {
      const address = /"([^"]+)"$/.exec(parameters)?.[1] ?? '';
      const process = { file, parameters, address };
      started.push(process);
      void work(process).finally(() => (isRunning = false));
      return Promise.resolve(4711);
    },
    isRunning: () => Promise.resolve(isRunning),
  };
}

const document = { command: 'protect', protocol: 'tcp', startPort: 3000, numberOfPorts: 1 };

describe('an elevated process', () => {
  it('gets its command line quoted, and reports what came of it', async () => {
    const tools = toolsWith(({ address }) => reportTo(address, JSON.stringify(document)));
    const main = 'C:\\Program Files\\app\\main.js';
    expect(await runElevated(main, ['protect', 'tcp', 3000, '--stop-winnat'], tools)).toEqual(document);
    const [{ file, parameters, address } = {}] = tools.started;
    expect(file).toBe(process.execPath);
    expect(parameters).toBe(
      `"C:\\Program Files\\app\\main.js" "protect" "tcp" "3000" "--stop-winnat" "--report-to" "${String(address)}"`,
    );
    // Nothing is left of the mailbox.
    expect(existsSync(path.dirname(String(address))) && process.platform !== 'win32').toBe(false);
  });

  it('reports its failure', async () => {
    const error = { code: 'ERR_PORTS_TAKEN', message: 'taken', exitCode: 4 };
    const tools = toolsWith(({ address }) => reportTo(address, JSON.stringify({ command: 'protect', error })));
    const failure: unknown = await runElevated('main.js', ['protect'], tools).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(ElevatedFailure);
    expect(failure).toMatchObject({ report: error });
  });

  it('that ends without a word is told of', async () => {
    const tools = toolsWith(() => Promise.resolve());
    await expect(runElevated('main.js', ['protect'], tools)).rejects.toMatchObject({ code: 'ERR_ELEVATED_PROCESS' });
  });

  it('that breaks off in its report is told of', async () => {
    const tools = toolsWith(async ({ address }) => {
      const socket = connect(address);
      await once(socket, 'connect');
      socket.end('{"command":');
      await once(socket, 'close');
    });
    await expect(runElevated('main.js', ['protect'], tools)).rejects.toMatchObject({
      code: 'ERR_ELEVATED_PROCESS',
      hint: 'Its report is incomplete: run the command in an elevated shell to see what it prints.',
    });
  });

  it('that the user declines is not waited for', async () => {
    const declined = new PortReservationError('declined', { code: 'WIN32_ERROR_1223', errno: 1223 });
    const tools = { ...toolsWith(() => Promise.resolve()), start: () => Promise.reject(declined) };
    await expect(runElevated('main.js', ['protect'], tools)).rejects.toBe(declined);
  });
});

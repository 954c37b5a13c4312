// SPDX-License-Identifier: MIT
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installBinding } from '../../../src/windows/binding.js';
import { PortReservationError } from '../../../src/common/errors.js';
import * as api from '../../../src/calls/excluded-port-ranges.js';
import {
  createNetsh,
  decodeOutput,
  findPrintedText,
  type NetshResult,
  type NetshSettings,
} from '../../../src/windows/netsh.js';
import { simulatedBinding } from '../../../src/simulator/simulated-binding.js';
import { MemoryAccess } from '../../../src/simulator/machine-access.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import { english, printTable } from '../calls/netsh-table.js';
import { portsFrom } from '../../shared/ports-from.js';
import { temporaryFolder } from '../../shared/temporary-folder.js';

const table = printTable([{ ...portsFrom(7_000, 7_099), administered: false }], english);
const show = ['interface', 'ipv4', 'show', 'excludedportrange', 'protocol=tcp', 'store=active'];

// The test puts a program with that name where Windows has it. On Windows the program would have to be a binary.
describe.skipIf(process.platform === 'win32')('the netsh of the system', () => {
  let root: string;

  beforeEach(() => {
    root = temporaryFolder('netsh');
    mkdirSync(path.join(root, 'System32'));
  });

  /** Puts a script in the place of netsh.exe. */
  function place(script: string, mode = 0o755): void {
    const file = path.join(root, 'System32', 'netsh.exe');
    writeFileSync(file, `#!${process.execPath}\n${script}`);
    chmodSync(file, mode);
  }

  function run(args: readonly string[] = show, settings: NetshSettings = {}): Promise<NetshResult> {
    return createNetsh({ environment: { SystemRoot: root }, ...settings })(args);
  }

  it('is started by its absolute path, in its own folder, with the arguments as they are', async () => {
    place('console.log(JSON.stringify([process.argv[1], process.cwd(), process.argv.slice(2)]))');
    const args = ['a b', '&calc', '%PATH%', '$(id)', '"', '*', 'c\\', ''];
    const { exitCode, output } = await run(args);
    const folder = path.join(root, 'System32');
    expect([exitCode, JSON.parse(output)]).toEqual([0, [path.join(folder, 'netsh.exe'), folder, args]]);
  });

  it('is found in any letter case of SystemRoot, which differs in worker threads', async () => {
    place('console.log("found")');
    for (const name of ['SYSTEMROOT', 'systemroot', 'SystemRoot']) {
      expect((await run(show, { environment: { PATH: '/nowhere', [name]: root } })).output).toBe('found\n');
    }
  });

  it.each([{}, { SystemRoot: '' }, { SystemRoot: '.' }, { SystemRoot: 'Windows' }, { SystemRootX: '/' }])(
    'is not searched without an absolute SystemRoot: %j',
    async (environment) => {
      await expect(run(show, { environment })).rejects.toMatchObject({
        code: 'ERR_NETSH_NOT_FOUND',
        syscall: 'netsh interface ipv4 show excludedportrange',
        message: expect.stringContaining('no SystemRoot') as string,
      });
    },
  );

  it('is reported missing with its path', async () => {
    const file = path.join(root, 'System32', 'netsh.exe');
    const error = await run().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PortReservationError);
    expect(error).toMatchObject({
      code: 'ERR_NETSH_NOT_FOUND',
      message: `netsh.exe was not found. ${file} does not exist.`,
      hint: expect.stringContaining('SystemRoot') as string,
    });
  });

  it('that cannot be started is an error with the reason', async () => {
    place('', 0o644);
    await expect(run()).rejects.toMatchObject({
      code: 'ERR_NETSH_FAILED',
      message: expect.stringMatching(/could not be started: .*EACCES/) as string,
      cause: expect.any(Error) as Error,
    });
  });

  it('gives its exit code, and its output on both streams', async () => {
    place('process.stdout.write("one "); process.stderr.write("two"); process.exitCode = 87');
    expect(await run()).toEqual({ exitCode: 87, output: 'one two' });
  });

  it('that hangs is killed, and its output is shown', async () => {
    const pidFile = path.join(root, 'pid');
    place(`
      require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
      for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => undefined);
      console.log('---- ----');
      setInterval(() => undefined, 1000);
    `);
    // Waits until the program has printed something.
    let timeLimitMs = 500;
    let error: unknown;
    do {
      timeLimitMs *= 2;
      error = await run(show, { timeLimitMs }).catch((reason: unknown) => reason);
    } while (String(error).endsWith('It printed nothing.'));
    expect(error).toMatchObject({
      code: 'ERR_NETSH_TIMEOUT',
      message: `netsh did not finish in time and was killed. The limit is ${timeLimitMs} ms. It printed:\n---- ----`,
      hint: `Run the command by hand to see why it fails: netsh ${show.join(' ')}`,
    });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
  });

  it('that is killed halfway is an error, although its output looks complete', async () => {
    place(`process.stdout.write(${JSON.stringify(table)}, () => process.kill(process.pid, 'SIGKILL'))`);
    await expect(run()).rejects.toMatchObject({
      code: 'ERR_NETSH_FAILED',
      message: expect.stringMatching(/Another program killed it \(SIGKILL\)\. It printed:\n.*7000/s) as string,
    });
  });

  it('that never stops printing is killed', async () => {
    place('const write = () => process.stdout.write("80 80\\n".repeat(100_000), write); write();');
    await expect(run()).rejects.toMatchObject({
      code: 'ERR_NETSH_OUTPUT',
      message: expect.stringMatching(/too long.*characters more$/s) as string,
    });
  });

  it('may print a table with every port in its own row', async () => {
    const rows = 'String(port).padStart(10) + String(port).padStart(12) + "     *\\r\\n"';
    place(`for (let port = 1; port <= 65535; port += 1) process.stdout.write(${rows})`);
    expect((await run()).output).toHaveLength(65_535 * 30);
  });
});

describe('output in an unknown code page', () => {
  it('keeps its digits, stars, dashes and blanks', () => {
    const bytes = Buffer.concat([Buffer.from(' 80  90 *\r\n'), Buffer.of(0x83, 0x5c, 0xff), Buffer.from(' - x')]);
    expect(decodeOutput(bytes)).toBe(' 80  90 *\r\n\u{83}\\\u{ff} - x');
    expect(decodeOutput(Buffer.from('é * 80'))).toBe('é * 80');
    expect(decodeOutput(Buffer.from('\u{feff}é * 80', 'utf16le'))).toBe('é * 80');
    expect(decodeOutput(Buffer.alloc(0))).toBe('');
  });

  // The output of a console in each country for "Access is denied." or similar.
  const printed: Record<string, { text: string; bytes: string }> = {
    'English, 437': { text: 'The parameter is wrong.', bytes: 'The parameter is wrong.' },
    'French, 850': { text: 'L’accès est refusé à tous.', bytes: "L'acc\x8as est refus\x82 \x85 tous." },
    'German, 850': { text: 'Zugriff für alle verweigert.', bytes: 'Zugriff f\x81r alle verweigert.' },
    'Russian, 866': { text: 'Нет доступа.', bytes: '\x8d\xa5\xe2 \xa4\xae\xe1\xe2\xe3\xaf\xa0.' },
    'Japanese, 932': { text: 'アクセス拒否', bytes: '\x83\x41\x83\x4e\x83\x5a\x83\x58\x8b\x91\x94\xdb' },
    'Chinese, 936': { text: '拒绝访问。', bytes: '\xbe\xdc\xbe\xf8\xb7\xc3\xce\xca\xa1\xa3' },
    'Korean, 949': { text: '액세스 거부', bytes: '\xbe\xd7\xbc\xbc\xbd\xba \xb0\xc5\xba\xce' },
    'Chinese, 950': { text: '拒絕存取。', bytes: '\xa9\xda\xb5\xb4\xa6\x73\xa8\xfa\xa1\x43' },
  };
  const texts = Object.values(printed).map(({ text }) => text);

  it.each(Object.entries(printed))('is recognized in %s', (_, { text, bytes }) => {
    const output = decodeOutput(Buffer.from(`\r\n${bytes}\r\n\r\n`, 'latin1'));
    expect(findPrintedText(output, texts)).toBe(text);
    expect(findPrintedText(decodeOutput(Buffer.from(`\r\n${text}\r\n`)), texts)).toBe(text);
  });

  it('is not recognized if it says more or less, or if two texts look like it', () => {
    for (const output of ['', '\r\n', 'The parameter is', 'The parameter is wrong. Really.', '\x82\x81']) {
      expect(findPrintedText(output, ['', ...texts])).toBeUndefined();
    }
    const blurred = 'f\x81r alle';
    expect(findPrintedText(blurred, ['für alle'])).toBe('für alle');
    expect(findPrintedText(blurred, ['für alle', 'fär alle'])).toBeUndefined();
  });
});

describe('calls that use netsh', () => {
  const block = { protocol: 'tcp', startPort: 5_000, numberOfPorts: 20 } as const;
  let elevated = true;
  let uninstall: () => void;
  let calls: (readonly string[])[];
  let results: NetshResult[];

  beforeEach(() => {
    elevated = true;
    calls = [];
    results = [];
    const binding = simulatedBinding(new MemoryAccess(new SimulatedWindows(), true));
    const texts = new Map([
      [5, 'Отказано в доступе.'],
      [32, 'Файл занят другим процессом.'],
    ]);
    binding.formatMessage = (errorNumber) => texts.get(errorNumber) ?? '';
    binding.isElevated = () => elevated;
    uninstall = installBinding(binding, (args) => {
      calls.push(args);
      return Promise.resolve(results.shift() ?? { exitCode: 0, output: '' });
    });
  });
  afterEach(() => {
    uninstall();
  });

  const failed = (output: string, exitCode = 1): NetshResult => ({ exitCode, output });

  it('run the documented command', async () => {
    const dynamic = '-----\r\nFirst : 1024\r\nMany : 100\r\n';
    const empty = '---- ----\r\n* - words';
    results = [table, empty, empty, dynamic, '', ''].map((output) => ({ exitCode: 0, output }));
    expect(await api.listExcludedPortRanges()).toHaveLength(1);
    expect(await api.listExcludedPortRanges({ protocol: 'udp', family: 6, store: 'persistent' })).toEqual([]);
    expect(await api.getDynamicPortRange({ family: 6 })).toEqual({ startPort: 1024, numberOfPorts: 100 });
    await api.addExcludedPortRange(block);
    await api.deleteExcludedPortRange({ ...block, protocol: 'udp' }, { family: 6 });
    expect(calls.map((args) => args.join(' '))).toEqual([
      'interface ipv4 show excludedportrange protocol=tcp store=active',
      'interface ipv4 show excludedportrange protocol=udp store=active',
      'interface ipv6 show excludedportrange protocol=udp store=persistent',
      'interface ipv6 show dynamicport tcp',
      'interface ipv4 add excludedportrange protocol=tcp startport=5000 numberofports=20 store=persistent',
      'interface ipv6 delete excludedportrange protocol=udp startport=5000 numberofports=20 store=persistent',
    ]);
  });

  it('recognize an error of Windows by its text, in an unknown code page', async () => {
    results = [
      failed(
        decodeOutput(
          Buffer.from('\r\n\x8e\xe2\xaa\xa0\xa7\xa0\xad\xae \xa2 \xa4\xae\xe1\xe2\xe3\xaf\xa5.\r\n', 'latin1'),
        ),
      ),
    ];
    await expect(api.deleteExcludedPortRange(block)).rejects.toMatchObject({
      ...block,
      code: 'ERROR_ACCESS_DENIED',
      errno: 5,
      syscall: 'netsh interface ipv4 delete excludedportrange',
      message: 'netsh interface ipv4 delete excludedportrange ERROR_ACCESS_DENIED: Отказано в доступе. [tcp 5000-5019]',
    });
  });

  it('recognize it by an exit code that is its number', async () => {
    results = [failed('', 32)];
    await expect(api.addExcludedPortRange(block)).rejects.toMatchObject({
      code: 'ERROR_SHARING_VIOLATION',
      errno: 32,
      hint: expect.stringContaining('List the excluded ranges') as string,
    });
  });

  it('blame a lack of elevation only for commands that change something', async () => {
    elevated = false;
    results = [failed('Run as administrator'), failed('Run as administrator')];
    await expect(api.addExcludedPortRange(block)).rejects.toMatchObject({ code: 'ERROR_ACCESS_DENIED', errno: 5 });
    await expect(api.getDynamicPortRange()).rejects.toMatchObject({ code: 'ERR_NETSH_FAILED' });
  });

  it('show other output, and say how to see more', async () => {
    results = [failed('\r\nNever heard of it.\r\n', 1), failed('', 0xc000_0005)];
    const error = await api.addExcludedPortRange(block).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PortReservationError);
    expect(error).toMatchObject({
      ...block,
      code: 'ERR_NETSH_FAILED',
      syscall: 'netsh interface ipv4 add excludedportrange',
      message: 'netsh failed. It ended with exit code 1. It printed:\nNever heard of it.',
      hint: 'Run the command by hand to see why it fails: netsh interface ipv4 add excludedportrange protocol=tcp startport=5000 numberofports=20 store=persistent',
    });
    expect(error).not.toHaveProperty('errno');
    await expect(api.addExcludedPortRange(block)).rejects.toThrow(
      'ended with exit code 3221225477. It printed nothing.',
    );
  });

  it('never accept half of a table as a list', async () => {
    for (const cut of [table.indexOf('7099') + 2, table.indexOf('---'), table.indexOf('* -') - 2, 0]) {
      results = [{ exitCode: 0, output: table.slice(0, cut) }];
      await expect(api.listExcludedPortRanges({ protocol: 'tcp' })).rejects.toMatchObject({
        code: 'ERR_NETSH_OUTPUT',
        protocol: 'tcp',
      });
    }
    results = [failed(table)];
    await expect(api.listExcludedPortRanges({ protocol: 'tcp' })).rejects.toMatchObject({ code: 'ERR_NETSH_FAILED' });
  });

  it.skipIf(process.platform === 'win32')('are refused off Windows when no machine is installed', async () => {
    uninstall();
    for (const call of [
      api.listExcludedPortRanges(),
      api.getDynamicPortRange(),
      api.addExcludedPortRange(block),
      api.deleteExcludedPortRange(block),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_PLATFORM' });
    }
    expect(calls).toEqual([]);
  });

  it('fail with the error of the protocol that failed', async () => {
    results = [{ exitCode: 0, output: table }, failed('No UDP today.')];
    await expect(api.listExcludedPortRanges()).rejects.toMatchObject({ code: 'ERR_NETSH_FAILED', protocol: 'udp' });
  });
});

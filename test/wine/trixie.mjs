// SPDX-License-Identifier: MIT
// Runs a command in Debian trixie, whose Wine is version 10 and whose Clang knows Windows on arm64. On another Debian that
// is a root in a folder, which the first run makes; it needs debootstrap and root's rights.
//
//   trixie.mjs [--root folder] <command> [arguments]
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { repository } from './paths.mjs';

const { WPR_TRIXIE_ROOT: defaultRoot = '/var/tmp/win-port-reservation-trixie' } = process.env;

/** Whether this process runs in trixie, the host's or that of the root. */
export function isTrixie() {
  try {
    return /^VERSION_CODENAME=trixie$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Starts the command given after $root and $repository, as the same process. Its mounts belong to a namespace that ends
 * with the last process in it. The network is that of the host, so its resolver and its certificates apply; no package of
 * the root may change those.
 */
const enter = `
set -e
root=$1 repository=$2
shift 2
mkdir -p "$root$repository"
mount --bind "$repository" "$root$repository"
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
cp /etc/resolv.conf "$root/etc/resolv.conf"
if [ -d /etc/ssl/certs ]; then mount -o bind,ro /etc/ssl/certs "$root/etc/ssl/certs"; fi
exec chroot "$root" env --chdir="$repository" "$@"
`;

/**
 * Runs a command in a root, with this process's environment and output.
 *
 * @param {string} root
 * @param {string[]} command
 * @returns {Promise<number>} The exit code.
 */
async function runIn(root, command) {
  const env = {
    ...process.env,
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    TMPDIR: undefined,
    DEBIAN_FRONTEND: 'noninteractive',
  };
  const unshare = ['--mount', '--propagation', 'private', 'sh', '-c', enter, 'sh', root, repository, ...command];
  // Anything that ends this process, even a SIGKILL, also ends the command.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...unshare], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const pass = (signal) => void child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
  const [exitCode] = await once(child, 'exit');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, pass);
  return exitCode ?? 1;
}

/** apt installs these, because debootstrap does not choose among packages that provide the same. */
const install = 'apt-get update && apt-get install -y --no-install-recommends nodejs npm';

/**
 * Makes the root if there is none. It is put in place as a whole.
 *
 * @param {string} root
 */
async function makeRoot(root) {
  if (existsSync(root)) return;
  console.log(`Making ${root}, a root with Debian trixie, once`);
  const fresh = mkdtempSync(`${root}-new-`);
  const base = ['--variant=minbase', '--include=ca-certificates'];
  try {
    // apt has a user of its own.
    chmodSync(fresh, 0o755);
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
    const { status, error, stdout } = spawnSync('debootstrap', [...base, 'trixie', fresh], options);
    if (error?.code === 'ENOENT') throw new Error('missing: debootstrap. apt-get install -y debootstrap');
    if (error) throw error;
    if (status !== 0) throw new Error(`debootstrap ended with ${status}: ${stdout.trimEnd().split('\n').at(-1)}`);
    const installed = await runIn(fresh, ['sh', '-c', `(${install}) >/dev/null`]);
    if (installed !== 0) throw new Error(`apt-get in the root ended with ${installed}`);
    // Another run may have made it meanwhile.
    if (!existsSync(root)) renameSync(fresh, root);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * Runs a command of trixie in the repository.
 *
 * @param {string[]} command
 * @param {string} [root]
 * @returns {Promise<number>} The exit code.
 */
export async function runInTrixie(command, root = path.resolve(defaultRoot)) {
  if (process.getuid?.() !== 0) throw new Error("a root with Debian trixie needs root's rights: use sudo");
  await makeRoot(root);
  return runIn(root, command);
}

/**
 * Runs a command in trixie, here if this is trixie.
 *
 * @param {string[]} command
 * @param {string} [root]
 */
async function main(command, root) {
  if (!isTrixie()) return runInTrixie(command, root);
  const { status, error } = spawnSync(command[0], command.slice(1), { cwd: repository, stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
}

if (process.argv[1] === import.meta.filename) {
  const options = { root: { type: 'string', default: defaultRoot } };
  const args = process.argv.slice(2);
  // The arguments after the command belong to the command.
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const first = tokens.find(({ kind }) => kind === 'positional');
  if (first === undefined) throw new RangeError('trixie.mjs [--root folder] <command> [arguments]');
  const { values } = parseArgs({ args: args.slice(0, first.index), options });
  process.exitCode = await main(args.slice(first.index), path.resolve(values.root));
}

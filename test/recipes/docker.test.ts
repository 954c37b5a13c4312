// SPDX-License-Identifier: MIT
// Runs the page about Docker with the Docker of this machine, on Linux. A server of BusyBox stands for the database, so that
// no image is downloaded: this needs the package busybox-static.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { testRecipes } from './pages.js';

const name = `win-port-reservation-recipe-${process.pid}`;
const image = `${name}:test`;

// For docker compose and Testcontainers. The test removes the containers, so none is needed that does.
process.env['COMPOSE_PROJECT_NAME'] = name;
process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';

const docker = (...args: string[]): string => execFileSync('docker', args, { encoding: 'utf8' });
const listed = (...args: string[]): string[] =>
  docker(...args)
    .split(/\s+/)
    .filter(Boolean);
const hasPlugin = spawnSync('docker', ['compose', 'version']).status === 0;

beforeAll(() => {
  const directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-image-'));
  try {
    makeImage(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

afterAll(() => {
  const containers = listed('ps', '--all', '--quiet', '--filter', `ancestor=${image}`);
  if (containers.length > 0) docker('rm', '--force', ...containers);
  const networks = listed('network', 'ls', '--quiet', '--filter', `label=com.docker.compose.project=${name}`);
  if (networks.length > 0) docker('network', 'rm', ...networks);
  docker('rmi', image);
});

function makeImage(directory: string): void {
  const root = path.join(directory, 'root');
  for (const folder of ['bin', 'www', 'proc']) mkdirSync(path.join(root, folder), { recursive: true });
  copyFileSync('/bin/busybox', path.join(root, 'bin/busybox'));
  // Testcontainers looks with these whether the port is open in the container.
  for (const tool of ['sh', 'cat', 'grep', 'nc', 'printf']) symlinkSync('busybox', path.join(root, 'bin', tool));
  writeFileSync(path.join(root, 'www/index.html'), 'hello');
  const start = 'CMD ["/bin/busybox", "httpd", "-f", "-p", "80", "-h", "/www"]';
  const archive = path.join(directory, 'root.tar');
  execFileSync('tar', ['-C', root, '-cf', archive, '.']);
  docker('import', '--change', start, archive, image);
}

testRecipes('docker', {
  'docker.md': {
    port: 5432,
    tools: { testcontainers: 'Testcontainers' },
    instead: {
      'postgres:18': image,
      // The port in the container, which the test does not move.
      ":5432'": ":80'",
      'container: 5432': 'container: 80',
      'database 5432': 'database 80',
      'getMappedPort(5432)': 'getMappedPort(80)',
      // Debian has compose as a program of its own.
      ...(!hasPlugin && { 'docker compose': 'docker-compose' }),
    },
  },
});

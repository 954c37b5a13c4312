// SPDX-License-Identifier: MIT
// Takes a lock again and again, and dies in the middle now and then: contend-for-lock.mjs FOLDER SECTIONS
// SHARE-OF-DEATHS In the folder, `sections` grows by a byte for each section that began, and `faults` names the
// processes that found another one inside.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { takeFileLock } from '../../../dist/simulator/file/file-lock.js';

const [folder, sections, shareOfDeaths] = process.argv.slice(2);
const inside = path.join(folder, 'inside');
const self = String(process.pid);

/**
 * Tells whether a process is running and not a zombie, which has ended but whose parent has not collected its exit
 * status yet.
 */
function runs(pid) {
  try {
    process.kill(Number(pid), 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function maybeDie() {
  if (Math.random() < shareOfDeaths / 3) process.kill(process.pid, 'SIGKILL');
}

function expectInside(expected) {
  const found = readFileSync(inside, { encoding: 'utf8', flag: 'a+' });
  const isAsExpected = expected === '' ? found === '' || !runs(found) : found === expected;
  if (!isAsExpected) appendFileSync(path.join(folder, 'faults'), `${self} met ${found}\n`);
}

for (let section = 0; section < sections; section += 1) {
  const release = takeFileLock(path.join(folder, 'lock'));
  maybeDie();
  expectInside('');
  writeFileSync(inside, self);
  appendFileSync(path.join(folder, 'sections'), '.');
  maybeDie();
  expectInside(self);
  writeFileSync(inside, '');
  maybeDie();
  release();
}

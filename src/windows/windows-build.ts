// SPDX-License-Identifier: MIT
import { builtin } from '../common/builtin.js';

/** Windows 10 1809 and Server 2019: from this build on, Microsoft's own QUIC library trusts runtime reservations. */
const firstSafeBuild = 17_763;

let looked = false;

/** Tells whether a version of Windows, as `os.release()` gives it, is too old for safe runtime reservations. */
export function isUnsafeBuild(version: string): boolean {
  const build = Number(version.split('.')[2]);
  return build < firstSafeBuild;
}

/** Warns once where this Windows is too old for safe runtime reservations. */
export function warnOfUnsafeBuild(): void {
  if (looked || process.platform !== 'win32') return;
  looked = true;
  const version = builtin.os.release();
  if (!isUnsafeBuild(version)) return;
  process.emitWarning(
    `Windows ${version} is older than build ${firstSafeBuild} (Windows 10 1809, Server 2019): a defect of Windows may ` +
      'let other programs bind inside a runtime reservation.',
    { type: 'PortReservationWarning', code: 'WPR_UNSAFE_BUILD' },
  );
}

// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { isPartOfWindows, servicesToKeep, whyKeepService } from '../../../src/common/parts-of-windows.js';

it('keeps the services that Windows and WSL need, in any letter case, each with a reason', () => {
  const names = ['SharedAccess', 'hns', 'vmcompute', 'Dnscache', 'RpcSs', 'DcomLaunch', 'BFE', 'WslService', 'NSI'];
  for (const name of names) expect(whyKeepService(name), name).toMatch(/\w/);
  for (const [name, reason] of Object.entries(servicesToKeep)) {
    expect(name).toBe(name.toLowerCase());
    expect(whyKeepService(name.toUpperCase())).toBe(reason);
    // The reason ends a sentence.
    expect(reason).toMatch(/^(?:[a-z]|WSL|IIS|Windows).*[^.]$/);
  }
});

it('leaves other services to the user, those with names of Object.prototype included', () => {
  for (const name of ['Spooler', 'W3SVC', 'iphlpsvc', 'constructor', '__proto__', '']) {
    expect(whyKeepService(name), name).toBeUndefined();
  }
});

it('knows the programs that Windows does not run without, in any letter case', () => {
  for (const name of ['lsass.exe', 'LSASS.exe', 'svchost.exe', 'System', 'vmmemWSL']) {
    expect(isPartOfWindows(name), name).toBe(true);
  }
  for (const name of ['node.exe', 'lsass', '']) expect(isPartOfWindows(name), name).toBe(false);
});

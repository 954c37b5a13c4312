// SPDX-License-Identifier: MIT
import { afterEach, expect, it } from 'vitest';
import { elevatedCommand } from '../../../src/cli/elevation.js';

const { execPath } = process;
afterEach(() => {
  process.execPath = execPath;
});

it.each([
  ["C:\\O'Brien\\node.exe", "C:\\O''Brien\\node.exe"],
  // A folder may have this name, and PowerShell would end the string there.
  ['C:\\O\u2019Brien\\node.exe', 'C:\\O\u2019\u2019Brien\\node.exe'],
])('%s stays within its quotes', (file, quoted) => {
  process.execPath = file;
  expect(elevatedCommand({ command: 'create', args: ['tcp', '5000'] }).powershell).toContain(`'/k ""${quoted}" "`);
});

it('names this Node and this file, quoted for both shells', () => {
  process.execPath = 'C:\\Program Files\\nodejs\\node.exe';
  const { command, powershellCommand } = elevatedCommand({
    command: 'protect',
    args: ['tcp', 3000, 1, '--elevate', '--stop-winnat'],
  });
  expect(command).toMatch(/^"C:\\Program Files\\nodejs\\node\.exe" "[^"]*main\.js" protect tcp 3000 1 --stop-winnat$/);
  expect(powershellCommand).toBe(`& ${command}`);
});

it('names no path that a shell would change', () => {
  process.execPath = 'C:\\%TEMP%\\node.exe';
  const { command, powershellCommand } = elevatedCommand({ command: 'protect', args: ['tcp', 3000, 1] });
  expect([command, powershellCommand].join()).not.toContain('%TEMP%');
});

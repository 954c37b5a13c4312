// SPDX-License-Identifier: MIT
import { afterEach, expect, it } from 'vitest';
import { elevatedCommand } from '../../../src/cli/elevation.js';

const { execPath } = process;
afterEach(() => {
  process.execPath = execPath;
});

it.each([
  ["C:\\O'Brien\\node.exe", "C:\\O''Brien\\node.exe"],
  // A folder can be called that, and PowerShell would end the string there.
  ['C:\\O\u2019Brien\\node.exe', 'C:\\O\u2019\u2019Brien\\node.exe'],
])('%s stays within its quotes', (file, quoted) => {
  process.execPath = file;
  expect(elevatedCommand({ command: 'create', args: ['tcp', '5000'] }).powershell).toContain(`'/k ""${quoted}" "`);
});

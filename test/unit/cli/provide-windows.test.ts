// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { isInsideWsl } from '../../../src/cli/provide-windows.js';

it('the kernels of WSL 1 and WSL 2 are told from others', () => {
  for (const kernel of ['5.15.167.4-microsoft-standard-WSL2', '4.4.0-19041-Microsoft']) {
    expect(isInsideWsl(kernel), kernel).toBe(true);
  }
  for (const kernel of ['6.1.0-37-amd64', '24.5.0', '']) expect(isInsideWsl(kernel), kernel).toBe(false);
});

// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { unsafePorts } from '../../../src/search/unsafe-ports.js';

it('the unsafe ports are those that the fetch of Node refuses too', async () => {
  expect(unsafePorts).toHaveLength(82);
  for (const port of unsafePorts) {
    const error: unknown = await fetch(`http://127.0.0.1:${port}/`).catch((reason: unknown) => reason);
    expect(error, `port ${port}`).toMatchObject({ cause: { message: 'bad port' } });
  }
});

// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { drawPictures } from '../../scripts/map-picture.mjs';

it('the pictures of the documentation are those that `map --svg` draws now', async () => {
  const pictures = await drawPictures();
  expect([...pictures.keys()].map((file) => path.basename(file))).toEqual(['map.svg', 'map-3000.svg']);
  for (const [file, text] of pictures) {
    expect(readFileSync(file, 'utf8') === text, `${file} is old: run node scripts/map-picture.mjs`).toBe(true);
    expect(readFileSync('docs/command-line.md', 'utf8') + readFileSync('README.md', 'utf8')).toContain(
      `${path.basename(file)})`,
    );
  }
});

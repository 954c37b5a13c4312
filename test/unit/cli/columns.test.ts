// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { printColumns } from '../../../src/cli/columns.js';

const columns = [{ head: 'port', right: true }, { head: 'program' }, { head: 'kind' }];
const rows = [
  ['3000', 'a-program-with-a-long-name.exe', 'reserved by Windows or a program'],
  ['80', 'a.exe', 'reserved'],
];

describe('a table', () => {
  it('is as wide as its cells where there is room', () => {
    expect(printColumns(columns, rows)).toEqual([
      'port  program                         kind',
      '3000  a-program-with-a-long-name.exe  reserved by Windows or a program',
      '  80  a.exe                           reserved',
    ]);
  });

  it('goes on in the next line where there is none: between words, and inside a word that is too long', () => {
    expect(printColumns(columns, rows, 40)).toEqual([
      'port  program                   kind',
      '3000  a-program-with-a-long-na  reserved',
      '      me.exe                    by',
      '                                Windows',
      '                                or a',
      '                                program',
      '  80  a.exe                     reserved',
    ]);
  });

  it('breaks no word while another column can give way, and leaves out an empty column', () => {
    const wide = [...columns, { head: 'services' }];
    const withEmpty = rows.map((cells) => [...cells, '']);
    expect(printColumns(wide, withEmpty, 50)).toEqual([
      'port  program                         kind',
      '3000  a-program-with-a-long-name.exe  reserved by',
      '                                      Windows or a',
      '                                      program',
      '  80  a.exe                           reserved',
    ]);
  });

  it('keeps its numbers whole, and eight characters of each text', () => {
    for (const line of printColumns(columns, rows, 1)) expect(line.length).toBeLessThanOrEqual(4 + 2 + 8 + 2 + 8);
    expect(printColumns(columns, rows, 1).join('\n')).toMatch(/^3000 /m);
  });

  it('colors each line of a cell', () => {
    const cell = { text: 'one two', paint: (line: string) => `<${line}>` };
    expect(printColumns([{ head: 'kind' }], [[cell]], 1)).toEqual(['kind', '<one two>']);
    const long = { ...cell, text: 'one two three' };
    expect(printColumns([{ head: 'kind' }], [[long]], 1)).toEqual(['kind', '<one two>', '<three>']);
  });
});

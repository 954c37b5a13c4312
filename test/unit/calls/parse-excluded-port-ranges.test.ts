// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { parseDynamicPortRange, parseExcludedPortRanges } from '../../../src/calls/parse-excluded-port-ranges.js';
import { english, expectNotUnderstood, printTable, tcp, type Row, type Words } from './netsh-table.js';
import { portsFrom } from '../../shared/ports-from.js';

const someRows: Row[] = [
  { ...portsFrom(1, 1), administered: false },
  { ...portsFrom(2, 101), administered: true },
  { ...portsFrom(7_680, 7_680), administered: false },
  { ...portsFrom(65_436, 65_535), administered: true },
];

describe('a table of excluded port ranges', () => {
  const languages: Record<string, Partial<Words>> = {
    English: {},
    Dutch: { title: 'Uitgesloten poorten voor "tcp"', heads: ['Beginpoort', 'Eindpoort'], indent: '  ' },
    Portuguese: { title: 'Intervalos excluídos', heads: ['Porta de início', 'Porta final'], footer: '* - Exclusões.' },
    Russian: {
      title: 'Исключённые порты протокола tcp',
      heads: ['Первый', 'Последний'],
      footer: '* - Введено вручную.',
    },
    Japanese: { title: 'プロトコル tcp の除外範囲', heads: ['開始', '終了'], footer: '* - 管理者による除外。' },
    Arabic: { title: 'نطاقات المنافذ tcp', heads: ['البداية', 'النهاية'], footer: 'مستبعد - *' },
    'Chinese with wide dashes': {
      heads: ['起始', '结束'],
      dashes: [14, 14],
      footer: '* - 由管理员排除。',
      lineEnd: '\n',
    },
    'a console session': { title: 'C:\\v2 8080>netsh int ip show excludedportrange tcp', after: 'Ok.', paddedTo: 28 },
  };

  it.each(Object.entries(languages))('is read in %s', (_, words) => {
    expect(parseExcludedPortRanges(printTable(someRows, { ...english, ...words }), 'tcp')).toEqual(tcp(someRows));
  });

  it('has the requested protocol', () => {
    const [range] = parseExcludedPortRanges(printTable(someRows, english), 'udp');
    expect(range?.protocol).toBe('udp');
  });

  it.each(Object.entries(languages))('without rows is an empty list in %s', (_, words) => {
    expect(parseExcludedPortRanges(printTable([], { ...english, ...words }), 'tcp')).toEqual([]);
  });

  it('is read with its stars close together, and at the end of the text', () => {
    const output = '--  --\n 80 90*\n443\t443 *  \n* all of it';
    expect(parseExcludedPortRanges(output, 'tcp')).toEqual([
      { protocol: 'tcp', ...portsFrom(80, 90), administered: true },
      { protocol: 'tcp', ...portsFrom(443, 443), administered: true },
    ]);
  });

  it('with every port in its own row is read', () => {
    const rows = Array.from({ length: 65_535 }, (_, index) => {
      return { ...portsFrom(index + 1, index + 1), administered: index % 2 === 0 };
    });
    expect(parseExcludedPortRanges(printTable(rows, english), 'tcp')).toEqual(tcp(rows));
  });
});

describe('an incomplete table', () => {
  it.each([
    ['nothing', '', /no table.*printed nothing/s],
    ['blank lines', '\r\n\r\n   \r\n', /no table.*printed nothing/s],
    ['a failure in words', '\r\nDie Anforderung braucht erhöhte Rechte.\r\n\r\n', /no table.*\nDie Anforderung/s],
    ['a failure with a number', 'Fehler 5: verweigert', /no table.*Fehler 5/s],
    ['a failure after the heads', 'From   To\r\n\r\nout of memory', /no table/],
    ['one run of dashes', 'Title\n---------\nFirst : 1024\nMany : 13977\n', /no table/],
    ['rows without heads', '      80          80\r\n\r\n* - words', /numbers outside the table/],
    ['rows below the table', '--- ---\n* - words\n   80   80\n', /numbers outside the table/],
    ['two tables', printTable(someRows, english).repeat(2), /more than one table/],
    ['a range that runs backwards', '--- ---\n 90 80\n* - words', /"90 80" is not a range of ports/],
    ['port 0', '--- ---\n 0 80\n* - words', /"0 80" is not a range/],
    ['port 65536', '--- ---\n 80 65536\n* - words', /"80 65536" is not a range/],
    ['a longer number', '--- ---\n 80 655350\n* - words', /"80 655350" is not a row/],
    ['a row with one number', '--- ---\n 80\n* - words', /"80" is not a row/],
    ['a row with three numbers', '--- ---\n 80 90 100\n* - words', /"80 90 100" is not a row/],
    ['a row with another mark', '--- ---\n 80 90 +\n* - words', /is not a row/],
  ])('is an error that shows it: %s', (_, output, reason) => {
    expectNotUnderstood(() => parseExcludedPortRanges(output, 'tcp'), reason);
  });

  it('is shown shortened', () => {
    const output = `${'word '.repeat(10_000)}end`;
    expectNotUnderstood(() => parseExcludedPortRanges(output, 'tcp'), /^.{0,800}\.\.\. and 49403 characters more$/s);
  });

  it.each([undefined, null, 80, Buffer.from('')])('is a TypeError when it is no text: %s', (output) => {
    expect(() => parseExcludedPortRanges(output as never, 'tcp')).toThrow(TypeError);
    expect(() => parseExcludedPortRanges(output as never, 'tcp')).toThrow(/^"netshOutput" must be a string; received /);
    expect(() => parseExcludedPortRanges('', 'TCP' as never)).toThrow(/^"protocol" must be /);
  });
});

describe('the dynamic port range', () => {
  const print = (first: string, second: string): string =>
    `\r\nプロトコル tcp\r\n---------------------\r\n${first}\r\n${second}\r\n\r\n`;

  it.each([
    ['Erster Port       : 1025', 'Anzahl der Ports  : 3975', 1025, 3975],
    ['Начальный порт    : 49152', 'Количество портов : 16384', 49_152, 16_384],
    ['開始ポート：1', 'ポート数：65535', 1, 65_535],
    ['\u{fffd}\u{fffd} 2 \u{fffd} 10000 ', '\u{fffd}\u{fffd}=255  ', 10_000, 255],
  ])('is read from "%s" and "%s"', (first, second, startPort, numberOfPorts) => {
    expect(parseDynamicPortRange(print(first, second), 'tcp')).toEqual({ startPort, numberOfPorts });
  });

  it.each([
    ['a failure in words', 'Access is denied.\r\n', /no range/],
    ['the first half', print('First : 1024', ''), /no range/],
    ['words alone', print('First', 'Many'), /unexpected lines/],
    ['three numbers', print('First : 1024', 'Many : 10\r\nMore : 5'), /unexpected lines/],
    ['two ranges', print('First : 1024', 'Many : 10').repeat(2), /more than one range/],
    ['a number that may be cut', print('First : 1024', 'Many : 13977').trimEnd(), /breaks off/],
    ['ports past the last', print('First : 65000', 'Many : 1000'), /1000 ports from 65000/],
    ['no ports', print('First : 1024', 'Many : 0'), /0 ports from 1024/],
    ['port 0', print('First : 0', 'Many : 10'), /10 ports from 0/],
    ['a number that is too long', print('First : 102400', 'Many : 10'), /unexpected lines/],
  ])('is not read from %s', (_, output, reason) => {
    expectNotUnderstood(() => parseDynamicPortRange(output, 'udp'), reason);
  });
});

// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invalidType, outOfRange } from '../../../src/common/arguments.js';
import { packageError } from '../../../src/common/errors.js';
import { netshError } from '../../../src/windows/netsh-error.js';
import { explainPort, PortReservationError } from '../../../src/index.js';
import { printable, printableLines } from '../../../src/common/printable.js';
import { machineFileError } from '../../../src/simulator/file/machine-file-error.js';
import { expectPrintable, hostileCharacters, hostileName } from './hostile-text.js';

const hexOf = (character: string): string => character.charCodeAt(0).toString(16).padStart(4, '0');

describe('a text from outside', () => {
  it.each(hostileCharacters.map((character) => [hexOf(character), character]))(
    'has no U+%s when it is shown',
    (code = '', character = '') => {
      expect(printable(`a${character}b`)).toBe(`a\\u${code}b`);
      expectPrintable(printable(character));
    },
  );

  it('stays as it is without such characters, in every language', () => {
    for (const text of [
      'アクセスが拒否されました。',
      'Zugriff verweigert ÄÖÜß',
      '접근 거부',
      'א ب',
      'e\u0301',
      '👩‍👩‍👧',
      '\ufffd',
    ]) {
      expect(printable(text)).toBe(text);
    }
  });

  it('has exactly the characters escaped that Unicode calls a control, a line, a paragraph or a mark of direction', () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
    const escaped = all.filter((character) => printable(character) !== character);
    const wanted = all.filter((character) => /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(character));
    expect(escaped.map(hexOf)).toEqual(wanted.map(hexOf));
  });

  it('may have lines, and does not change when shown twice', () => {
    fc.assert(
      fc.property(hostileName, (text) => {
        expectPrintable(printable(text));
        expectPrintable(printableLines(text), { lines: true });
        expect(printableLines(text).split('\n')).toHaveLength(text.split('\n').length);
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });
});

describe('the errors', () => {
  it('show no control character of a value, an option or a host', async () => {
    await fc.assert(
      fc.asyncProperty(hostileName, async (text) => {
        for (const value of [text, [text, text, text, text, text, text, text], { [text]: 1 }, Symbol(text)]) {
          expectPrintable(invalidType('host', 'an address', value).message);
          expectPrintable(outOfRange('host', 'an address', value).message);
        }
        const inspect = Symbol.for('nodejs.util.inspect.custom');
        expectPrintable(invalidType('host', 'an address', { [inspect]: () => text }).message);
        if (printable(text) === text) return;
        const refused = explainPort({ protocol: 'tcp', port: 3000, host: text });
        await expect(refused).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
      }),
    );
  });

  it('show the lines of netsh, and nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(hostileName, (text) => {
        const error = netshError('ERR_NETSH_FAILED', text, { output: `${text}\r\n\t${text}`, hint: text });
        for (const shown of [error.message, error.hint ?? '', error.stack ?? ''])
          expectPrintable(shown, { lines: true });
      }),
    );
    const japanese = 'アクセスが拒否されました。\r\n';
    const { message } = netshError('ERR_NETSH_FAILED', 'It ended with 1.', { output: japanese, hint: '' });
    expect(message).toBe('netsh failed. It ended with 1. It printed:\nアクセスが拒否されました。');
  });

  it('are one line, except for output of netsh', () => {
    fc.assert(
      fc.property(hostileName, (text) => {
        expectPrintable(packageError('ERR_NETSH_NOT_FOUND', text).message);
        expectPrintable(netshError('ERR_NETSH_NOT_FOUND', text, { hint: '' }).message);
        expectPrintable(machineFileError(text, new Error(text)).message);
      }),
    );
  });

  it('show no control character from another source', () => {
    fc.assert(
      fc.property(hostileName, (text) => {
        const error = new PortReservationError(text, { code: 'WSAEACCES', hint: text });
        expectPrintable(error.message, { lines: true });
        expectPrintable(error.hint ?? '', { lines: true });
      }),
    );
  });
});

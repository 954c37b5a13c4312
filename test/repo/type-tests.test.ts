// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/common/error-codes.js';
import { packageErrorCodes } from '../../src/common/errors.js';
import { entryPoints, exportsOf, nameOf, programOf, publicMembers, repository } from './public-api.js';
import { testedNames } from './type-tests.js';

const directory = path.join(repository, 'test/repo/types');
const files = readdirSync(directory).map((name) => path.join(directory, name));
const texts = files.map((file) => readFileSync(file, 'utf8'));
const tested = new Set(files.flatMap((file, index) => [...testedNames(file, texts[index] ?? '')]));

const entries = entryPoints();
const program = programOf(...entries.map(({ source }) => source));

/** Lists the exports of an entry point, and the public members of its classes. */
function publicNames({ specifier, source }: (typeof entries)[number]): string[] {
  return exportsOf(program, source).flatMap(({ name, symbol }) => {
    const classes = (symbol.declarations ?? []).filter(ts.isClassDeclaration);
    const members = classes.flatMap((declaration) => publicMembers(declaration).map(nameOf));
    return [name, ...members.map((member) => `${name}.${member}`)].map((each) => `${specifier}#${each}`);
  });
}

// The compiler checks whether they hold, in `npm run lint`.
describe('a type test exists for', () => {
  it.each(entries.flatMap(publicNames))('%s', (name) => {
    expect(tested).toContain(name);
  });

  it.each([...Object.keys(errorCodes), ...Object.keys(packageErrorCodes)])('the literal code %s', (code) => {
    expect(texts.some((text) => text.includes(`| '${code}'`))).toBe(true);
  });
});

describe('the subject of a type test', () => {
  const namesIn = (text: string) => {
    const imports = "import { a, B, type C as D } from 'some-package';";
    return [...testedNames('some.test-d.ts', `${imports}\n${text}`)].map((name) => name.replace('some-package#', ''));
  };

  it.each([
    ['expectTypeOf(a).toEqualTypeOf<() => void>();', ['a']],
    ['expectTypeOf(B.make).toEqualTypeOf<() => D>();', ['B', 'B.make']],
    ["expectTypeOf<B['close']>().returns.toEqualTypeOf<void>();", ['B', 'B.close']],
    ['expectTypeOf<B[typeof Symbol.dispose]>().toBeFunction();', ['B', 'B.[Symbol.dispose]']],
    ["expectTypeOf<Pick<B, 'one' | 'two'>>().toBeObject();", ['B', 'B.one', 'B.two']],
    ["type Keys = 'one' | 'two'; expectTypeOf<Pick<B, Keys>>().toBeObject();", ['B', 'B.one', 'B.two']],
    ['expectTypeOf<ConstructorParameters<typeof B>>().toEqualTypeOf<[]>();', ['B', 'B.constructor']],
    ['expectTypeOf<D>().toEqualTypeOf<string>();', ['C']],
  ])('%s', (text, names) => {
    expect(namesIn(text).sort()).toEqual(names);
  });

  it.each([['a();'], ['// expectTypeOf(a)'], ['const b: D = a;'], ['expectTypeOf(1).toEqualTypeOf<D>();']])(
    'is not %s',
    (text) => {
      expect(namesIn(text)).toEqual([]);
    },
  );

  it('is found in every entry point that exports something', () => {
    expect(entries.map(({ specifier }) => specifier)).toEqual(
      expect.arrayContaining(['win-port-reservation', 'win-port-reservation/simulator']),
    );
    expect(entries.flatMap(publicNames)).toEqual(
      expect.arrayContaining([
        'win-port-reservation#listen',
        'win-port-reservation#ReservationSocket.close',
        'win-port-reservation/simulator#SimulatedWindows.startProcess',
      ]),
    );
  });
});

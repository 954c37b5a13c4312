// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/common/error-codes.js';
import { packageErrorCodes } from '../../src/common/errors.js';
import { allDocstrings, documentedExports, errorCodesIn } from './docstrings.js';
import { programOf, repository } from './public-api.js';

const index = path.join(repository, 'src', 'index.ts');
const program = programOf(index);
const exported = documentedExports(program, index);

describe('the docstring of', () => {
  it.each(exported.map(({ name, missing }) => [name, missing]))('%s is whole', (_, missing) => {
    expect(missing).toEqual([]);
  });
});

describe('the docstrings', () => {
  const codes = new Set([
    ...Object.keys(errorCodes),
    ...Object.keys(packageErrorCodes),
    ...['ERR_INVALID_ARG_TYPE', 'ERR_OUT_OF_RANGE'],
  ]);

  it('name only error codes that exist', () => {
    const named = allDocstrings(program, index).flatMap(({ name, text }) =>
      errorCodesIn(text).map((code) => ({ name, code })),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ code }) => !codes.has(code))).toEqual([]);
  });

  it('cover functions, classes and methods', () => {
    const names = exported.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['listen', 'ReservationSocket', 'ReservationSocket.open']));
    expect(names).not.toContain('RuntimePortReservation.[hold]');
    expect(names).not.toContain('ReservationSocket.constructor');
  });
});

describe('the missing parts', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-docstrings-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const whole = `
    Opens it. Needs no elevation. Calls \`OpenIt\`.

    @param name - Whose.
    @returns Its number.
    @throws {@link Error} \`ERR_NOT_OPEN\`.
    @example
    open('x');`;
  const callOf = (docstring: string) => `/** ${docstring} */
    export async function open(name: string): Promise<number> { return name.length; }`;

  function missingIn(text: string): Record<string, readonly string[]> {
    const file = path.join(directory, 'module.ts');
    writeFileSync(file, text);
    return Object.fromEntries(documentedExports(programOf(file), file).map(({ name, missing }) => [name, missing]));
  }

  it.each<[what: string, docstring: string]>([
    ['a description', whole.replace(/Opens.*/, '')],
    ['@param name', whole.replace('@param name', '@param other')],
    ['@returns', whole.replace('@returns', '@see')],
    ['@throws', whole.replace('@throws', '@see')],
    ['@example', whole.replace('@example', '@see')],
    ['whether it needs an elevated process', whole.replace('elevation', 'rights')],
    ['which function of Windows it "Calls"', whole.replace('Calls `OpenIt`', 'Opens it')],
  ])('%s', (what, docstring) => {
    expect(missingIn(callOf(docstring))['open']).toContain(what);
  });

  it('are none in a complete docstring', () => {
    expect(missingIn(callOf(whole))).toEqual({ open: [] });
    expect(missingIn(callOf(whole.replace(/Opens.*/, 'A pure function.')))).toEqual({ open: [] });
  });

  it('are all without a docstring', () => {
    expect(missingIn('export function open(name: string): void {}')['open']).toHaveLength(6);
  });

  it('are reported for the first of several overloads', () => {
    const overloads = `export function open(name: string): Promise<number>;
      export function open(name: number): Promise<number>;
      export async function open(name: unknown): Promise<number> { return 1; }`;
    expect(missingIn(overloads)['open']).toHaveLength(7);
    expect(missingIn(`/** ${whole} */ ${overloads}`)).toEqual({ open: [] });
  });

  it('are reported for classes and for their own constructors and methods', () => {
    const text = `export class Door {
      constructor(readonly name: string) {}
      open(): void {}
      /** The same as \`open\`. */
      [Symbol.dispose](): void {}
      #close(): void {}
      private lock(): void {}
      /** @internal */
      knock(): void {}
    }`;
    const missing = missingIn(text);
    expect(Object.keys(missing)).toEqual(['Door', 'Door.constructor', 'Door.open', 'Door.[Symbol.dispose]']);
    expect(missing['Door']).toEqual(['a description', '@example']);
    expect(missing['Door.constructor']).toContain('@param name');
    expect(missing['Door.[Symbol.dispose]']).toEqual([]);
  });
});

describe('error codes in a text', () => {
  it('are told from functions, flags and errors of other kinds', () => {
    const text = '`WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)` `WSASocketW` `ECONNREFUSED` WPR_NOT_RESERVED EACCES';
    expect(errorCodesIn(text)).toEqual([]);
    const codes = ['ERR_SOCKET_CLOSED', 'ERROR_ACCESS_DENIED', 'WSAEACCES', 'WSA_OPERATION_ABORTED', 'E_ACCESSDENIED'];
    expect(errorCodesIn(codes.join(' '))).toEqual(codes);
  });
});

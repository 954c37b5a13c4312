// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { PeImage } from '../../package/pe/image.mjs';
import { delayImportsOf, exportsOf, importsOf } from '../../package/pe/symbols.mjs';
import { headerProblems, nodeApiOf } from '../../package/prebuilds.mjs';
import { buildPe, hardened, type Architecture, type Description } from './pe-builder.js';

const imageOf = (description: Partial<Description> & { architecture: Architecture }) =>
  new PeImage(buildPe({ ...hardened(description.architecture), ...description }));

describe('the reader of Windows binaries', () => {
  it.each(['x64', 'arm64', 'ia32'] as const)('finds what a binary for %s imports and exports', (architecture) => {
    const image = imageOf({ architecture });
    expect(image.architecture).toBe(architecture);
    expect([...importsOf(image)]).toEqual([
      ['kernel32.dll', ['GetLastError', 'CloseHandle']],
      ['ws2_32.dll', ['#23', 'WSAIoctl']],
    ]);
    expect([...delayImportsOf(image)]).toEqual([['node.exe', ['napi_create_function', 'napi_create_bigint_uint64']]]);
    expect(exportsOf(image)).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a program of Linux', Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(200)])],
    ['a program of DOS', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])],
  ])('refuses %s', (_, bytes) => {
    expect(() => new PeImage(bytes)).toThrow('not a PE file');
  });
});

describe('the headers of a prebuilt binary', () => {
  const x64 = (flaw: Partial<Description>) =>
    headerProblems(imageOf({ architecture: 'x64', ...flaw }), 'win32-x64', 'msvc');

  it.each(['x64', 'arm64', 'ia32'] as const)('are in order for %s', (architecture) => {
    expect(headerProblems(imageOf({ architecture }), `win32-${architecture}`, 'msvc')).toEqual([]);
  });

  it.each<[problem: string, flaw: Partial<Description>]>([
    ['it is for arm64', { architecture: 'arm64' }],
    ['it is not a DLL', { fileFlags: 0x22 }],
    ['it does not export napi_register_module_v1', { exports: ['node_api_module_get_api_version_v1'] }],
    [
      'it exports DllInstall',
      { exports: ['DllInstall', 'napi_register_module_v1', 'node_api_module_get_api_version_v1'] },
    ],
    ['it imports from vcruntime140.dll', { imports: { 'VCRUNTIME140.dll': ['memcpy'] } }],
    ['it imports from evil.dll', { delayImports: { 'EVIL.dll': ['Run'], 'node.exe': ['napi_create_function'] } }],
    ['it imports from msvcrt.dll', { imports: { 'msvcrt.dll': ['malloc'] } }],
  ])('%s', (problem, flaw) => {
    expect(x64(flaw)).toEqual([problem]);
  });

  it('may name the C runtime of Windows if MinGW-w64 made it', () => {
    const image = imageOf({ architecture: 'x64', imports: { 'msvcrt.dll': ['malloc'] } });
    expect(headerProblems(image, 'win32-x64', 'cross')).toEqual([]);
  });

  it("may take the C runtime from Windows' own one if LLVM's linker made them", () => {
    const image = imageOf({ architecture: 'arm64', imports: { 'api-ms-win-crt-heap-l1-1-0.dll': ['malloc'] } });
    expect(headerProblems(image, 'win32-arm64', 'lld')).toEqual([]);
    expect(headerProblems(image, 'win32-arm64', 'msvc')).toEqual(['it imports from api-ms-win-crt-heap-l1-1-0.dll']);
  });
});

describe('the functions of Node that a binary needs', () => {
  const needs = (...names: string[]) =>
    nodeApiOf(imageOf({ architecture: 'x64', delayImports: { 'node.exe': names } }));

  it.each([
    [1, ['napi_create_function']],
    [6, ['napi_create_function', 'napi_create_bigint_uint64']],
    [8, ['napi_add_async_cleanup_hook']],
    [9, ['node_api_create_syntax_error']],
  ])('are of version %i', (version, names) => {
    expect(needs(...names)).toEqual({ version, problems: [] });
  });

  it.each([['node_api_create_buffer_from_arraybuffer'], ['uv_default_loop'], ['#12']])('must not be %s', (name) => {
    const { problems } = needs('napi_create_function', name);
    expect(problems).toEqual([`it imports ${name}, which Node-API 9 does not have`]);
  });

  it('are some', () => {
    expect(needs().problems).toEqual(['it imports nothing from node.exe']);
  });
});

// SPDX-License-Identifier: MIT
// Reads from the TypeScript interfaces of the seam which functions an addon must export.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { repository } from '../wine/paths.mjs';

const interfaces = { NativeBinding: 'native-binding.ts', NativeMachine: 'native-machine.ts' };

/** @returns {string[]} The members of the interfaces, by name. */
export function seamFunctions() {
  return Object.entries(interfaces)
    .flatMap(([name, file]) => membersOf(name, path.join(repository, 'src/windows', file)))
    .sort();
}

function membersOf(name, file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found = source.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
  if (!found || !ts.isInterfaceDeclaration(found)) throw new Error(`${file} must declare the interface ${name}`);
  return found.members.map((member) => (member.name && ts.isIdentifier(member.name) ? member.name.text : ''));
}

/**
 * @param {string[]} names What the addon exports.
 * @returns {string[]} The missing and the unexpected exports.
 */
export function seamProblems(names) {
  const expected = seamFunctions();
  return [
    ...expected.filter((name) => !names.includes(name)).map((name) => `the seam has ${name}, the addon does not`),
    ...names.filter((name) => !expected.includes(name)).map((name) => `the addon has ${name}, the seam does not`),
  ];
}

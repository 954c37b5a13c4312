// SPDX-License-Identifier: MIT
// Reads from the TypeScript interface of the seam which functions an addon must export.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { repository } from '../wine/paths.mjs';

const file = path.join(repository, 'src/windows/native-binding.ts');

/** @returns {string[]} The members of NativeBinding, by name. */
export function seamFunctions() {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const seam = source.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === 'NativeBinding');
  if (!seam || !ts.isInterfaceDeclaration(seam)) throw new Error(`${file} must declare the interface NativeBinding`);
  return seam.members.map((member) => (member.name && ts.isIdentifier(member.name) ? member.name.text : '')).sort();
}

/**
 * @param {string[]} names What the addon exports.
 * @returns {string[]} The missing and the unexpected exports.
 */
export function seamProblems(names) {
  const expected = seamFunctions();
  return [
    ...expected.filter((name) => !names.includes(name)).map((name) => `NativeBinding has ${name}, the addon does not`),
    ...names.filter((name) => !expected.includes(name)).map((name) => `the addon has ${name}, NativeBinding does not`),
  ];
}

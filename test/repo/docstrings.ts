// SPDX-License-Identifier: MIT
// What a public docstring has to say, so that an editor tells the whole story of a call.
import ts from 'typescript';
import { exportsOf, nameOf, publicMembers } from './public-api.js';

type Callable = ts.FunctionDeclaration | ts.MethodDeclaration | ts.ConstructorDeclaration;

export interface Documented {
  /** For instance `listen`, or `ReservationSocket.open`. */
  readonly name: string;
  readonly docstring: string;
  /** What the docstring does not say and should. */
  readonly missing: readonly string[];
}

/** How a docstring says that elevation and a function of Windows do not come into it. */
const asksNobody = /\bpure function\b|\bdoes not ask Windows\b/i;

/** How a docstring leaves everything to that of another method. */
const sameAs = /^The same as `\w+`/;

/** Every exported function and class of a file, and the public methods of the classes. */
export function documentedExports(program: ts.Program, file: string): Documented[] {
  return exportsOf(program, file).flatMap(({ name, symbol }) => {
    // The first of several overloads speaks for all of them.
    const [declaration] = symbol.declarations ?? [];
    if (!declaration) return [];
    if (ts.isClassDeclaration(declaration)) return documentedClass(program, name, declaration);
    return ts.isFunctionDeclaration(declaration) ? [documentedCall(program, name, declaration)] : [];
  });
}

function documentedClass(program: ts.Program, name: string, declaration: ts.ClassDeclaration): Documented[] {
  const docstring = docstringOf(declaration);
  const missing = [
    ...lacking('a description', descriptionOf(declaration) !== ''),
    ...lackingTags(declaration, 'example'),
  ];
  const methods = publicMembers(declaration)
    .filter((member) => ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member))
    .filter((member, index, all) => all.findIndex((other) => nameOf(other) === nameOf(member)) === index);
  return [
    { name, docstring, missing },
    ...methods.map((method) => documentedCall(program, `${name}.${nameOf(method)}`, method)),
  ];
}

function documentedCall(program: ts.Program, name: string, declaration: Callable): Documented {
  const docstring = docstringOf(declaration);
  const description = descriptionOf(declaration);
  if (sameAs.test(description)) return { name, docstring, missing: [] };
  const missing = [...lacking('a description', description !== ''), ...lackingParameters(declaration)];
  // The example is that of the class.
  if (ts.isConstructorDeclaration(declaration)) return { name, docstring, missing };
  missing.push(
    ...(returnsSomething(program, declaration) ? lackingTags(declaration, 'returns') : []),
    ...lackingTags(declaration, 'throws', 'example'),
    ...(asksNobody.test(docstring)
      ? []
      : [
          ...lacking('whether it needs an elevated process', /\belevat(ed|ion)\b/i.test(docstring)),
          ...lacking('which function of Windows it "Calls"', /\bCalls\s+`/.test(docstring)),
        ]),
  );
  return { name, docstring, missing };
}

function lacking(what: string, isThere: boolean): string[] {
  return isThere ? [] : [what];
}

function lackingTags(declaration: ts.Node, ...names: string[]): string[] {
  const there = ts.getJSDocTags(declaration).map((tag) => tag.tagName.text);
  return names.filter((name) => !there.includes(name)).map((name) => `@${name}`);
}

function lackingParameters(declaration: Callable): string[] {
  return declaration.parameters
    .filter((parameter) => !ts.getJSDocParameterTags(parameter).some((tag) => textOf(tag.comment) !== ''))
    .map((parameter) => `@param ${parameter.name.getText()}`);
}

function returnsSomething(program: ts.Program, declaration: Callable): boolean {
  const checker = program.getTypeChecker();
  const returned = checker.getSignatureFromDeclaration(declaration)?.getReturnType();
  const result = returned && (checker.getAwaitedType(returned) ?? returned);
  const nothing = ts.TypeFlags.Void | ts.TypeFlags.Undefined | ts.TypeFlags.Never;
  return result !== undefined && (result.flags & nothing) === 0;
}

function docstringsOf(declaration: ts.Node): ts.JSDoc[] {
  return ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc);
}

/** The text of a docstring, in one line. */
function docstringOf(declaration: ts.Node): string {
  return docstringsOf(declaration)
    .map((docstring) => docstring.getText().replace(/\s*\n\s*\*(?: |(?=\n))?/g, ' '))
    .join(' ');
}

function descriptionOf(declaration: ts.Node): string {
  return docstringsOf(declaration)
    .map(({ comment }) => textOf(comment))
    .join(' ')
    .trim();
}

function textOf(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  return ts.getTextOfJSDocComment(comment) ?? '';
}

/** What looks like the code of an error in a text. */
export function errorCodesIn(text: string): string[] {
  return text.match(/\b(?:ERR|ERROR|E)_[A-Z][A-Z_]*\b|\bWSA_?[A-Z][A-Z_]+\b/g) ?? [];
}

/** Every docstring in the declarations that a file exports, those of types and of their members too. */
export function allDocstrings(program: ts.Program, file: string): { readonly name: string; readonly text: string }[] {
  return exportsOf(program, file).flatMap(({ name, symbol }) =>
    (symbol.declarations ?? []).map((declaration) => {
      // The docstring of a variable stands above its statement.
      const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
      return { name, text: (node.getFullText().match(/\/\*\*.*?\*\//gs) ?? []).join('\n') };
    }),
  );
}

// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as AjvModule from 'ajv/dist/2020.js';
import { expect } from 'vitest';

// Not imported, because the Wine run leaves modules with /dist/ in their name to Node, which then looks for a file.
const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof AjvModule;

const file = new URL('../../docs/cli-output.schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
const validate = ajv.compile(schema);

/** Tells whether the schema accepts a document. */
export function isDescribed(document: unknown): boolean {
  return validate(document);
}

/** Parses the only document of a standard output, which the schema must accept. */
export function readDocument(stdout: string): Record<string, unknown> {
  const document = JSON.parse(stdout) as Record<string, unknown>;
  expect(validate(document) ? [] : validate.errors, stdout.slice(0, 2000)).toEqual([]);
  return document;
}

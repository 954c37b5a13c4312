// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

const file = new URL('../docs/cli-output.schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
const validate = ajv.compile(schema);

/** Whether a document is one that the schema describes. */
export function isDescribed(document: unknown): boolean {
  return validate(document);
}

/** The one document of a standard output, which must be one that the schema describes. */
export function readDocument(stdout: string): Record<string, unknown> {
  const document = JSON.parse(stdout) as Record<string, unknown>;
  expect(validate(document) ? [] : validate.errors, stdout.slice(0, 2000)).toEqual([]);
  return document;
}

// SPDX-License-Identifier: MIT
import { appendFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A reporter for vitest that writes the beginning and end of files and tests to a file of the host, line by line. The
 * file outlives a process that is killed in the middle of a test.
 */
export class ProgressReporter {
  #file;
  #vitest;

  /** @param {string} file */
  constructor(file) {
    this.#file = file;
  }

  onInit(vitest) {
    this.#vitest = vitest;
  }

  onTestRunStart(specifications) {
    this.#write({ event: 'run', files: specifications.map(({ moduleId }) => nameOf(moduleId)) });
  }

  onTestModuleStart({ moduleId }) {
    this.#write({ event: 'file', file: nameOf(moduleId) });
  }

  onTestCaseReady({ fullName }) {
    this.#write({ event: 'test', test: fullName });
  }

  onTestModuleEnd(module) {
    const passed = module.ok() && this.#vitest.state.getUnhandledErrors().length === 0;
    this.#write({ event: 'end', file: nameOf(module.moduleId), passed });
  }

  #write(event) {
    appendFileSync(this.#file, `${JSON.stringify(event)}\n`);
  }
}

/** As vitest takes it on the command line. */
function nameOf(moduleId) {
  return path.relative(process.cwd(), moduleId).replaceAll('\\', '/');
}

// SPDX-License-Identifier: MIT
// Prints the table of checks: one row for each, as soon as its result is known.

/** The problems that a check found, one sentence each. */
export class Problems extends Error {
  /** @param {string[]} problems */
  constructor(problems) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Reports that a check cannot run here. */
export class Skipped extends Error {}

/** @param {string[]} problems */
export function throwProblems(problems) {
  if (problems.length > 0) throw new Problems(problems);
}

const columns = [52, 8];
const row = (...cells) =>
  cells
    .map((cell, index) => cell.padEnd(columns[index] ?? 0))
    .join(' ')
    .trimEnd();

/** The output of a failed program can be long, and begins with the reason. */
const maximalLines = 12;

/** @param {string} problem */
function indented(problem) {
  const lines = problem.split('\n');
  const shown = lines.length > maximalLines ? [...lines.slice(0, maximalLines), '...'] : lines;
  return shown.map((line) => `  ${line}`).join('\n');
}

export class Report {
  #print;
  #mayNotSkip;
  #counts = { ok: 0, FAILED: 0, skipped: 0 };
  /** The reasons for skipped checks; several checks may share one. */
  #reasons = new Set();

  /**
   * @param {object} [options]
   * @param {(line: string) => void} [options.print]
   * @param {boolean} [options.mayNotSkip] Whether a check that cannot run counts as failed.
   */
  constructor({ print = console.log, mayNotSkip = process.env.CI === 'true' } = {}) {
    this.#print = print;
    this.#mayNotSkip = mayNotSkip;
    this.#print(row('check', 'result', 'figure'));
  }

  /** Whether every check succeeded. */
  get isGood() {
    return this.#counts.FAILED === 0;
  }

  /**
   * Runs a check and puts its row into the table.
   *
   * @param {string} name
   * @param {() => string | Promise<string>} make Gives the figure, or throws Problems, Skipped or any other error.
   */
  async check(name, make) {
    try {
      this.#add(name, 'ok', await make());
    } catch (error) {
      if (error instanceof Skipped) this.#skip(name, error.message);
      else this.#fail(name, error instanceof Problems ? error.problems : [error.message]);
    }
  }

  end() {
    const { ok, FAILED: failed, skipped } = this.#counts;
    this.#print(`${ok} ok, ${failed} failed, ${skipped} skipped`);
  }

  #skip(name, reason) {
    const explanation = this.#reasons.has(reason) ? 'as above' : reason;
    this.#reasons.add(reason);
    if (this.#mayNotSkip) this.#fail(name, [`With CI=true it must not be skipped: ${explanation}`]);
    else this.#add(name, 'skipped', explanation);
  }

  #fail(name, problems) {
    this.#add(name, 'FAILED', problems.length === 1 ? '' : `${problems.length} problems`);
    for (const problem of problems) this.#print(indented(problem));
  }

  #add(name, result, figure) {
    this.#counts[result] += 1;
    this.#print(row(name, result, figure));
  }
}

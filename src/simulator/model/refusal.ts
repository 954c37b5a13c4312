// SPDX-License-Identifier: MIT
import { findErrorCode } from '../../common/error-codes.js';

/** Reports that the simulated Windows refused a call. An adapter turns it into the CallFailure of its call. */
export class Refusal extends Error {
  readonly errorNumber: number;

  constructor(errorNumber: number) {
    super(`Windows refuses this with ${findErrorCode(errorNumber) ?? 'error'} (${errorNumber})`);
    this.name = 'Refusal';
    this.errorNumber = errorNumber;
  }
}

/** Throws a Refusal with the number of an outcome, unless that is 0, which is ERROR_SUCCESS. */
export function refuseUnlessSuccess(outcome: number): void {
  if (outcome !== 0) throw new Refusal(outcome);
}

/** Does work and ignores a refusal, which means that nothing is left to do. */
export function unlessRefused(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

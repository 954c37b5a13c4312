// SPDX-License-Identifier: MIT
import { findErrorCode } from '../../common/error-codes.js';

/** The simulated Windows says no. An adapter turns it into the CallFailure of the call that it made. */
export class Refusal extends Error {
  readonly errorNumber: number;

  constructor(errorNumber: number) {
    super(`Windows refuses this with ${findErrorCode(errorNumber) ?? 'error'} (${errorNumber})`);
    this.name = 'Refusal';
    this.errorNumber = errorNumber;
  }
}

/** Throws the Refusal that an outcome stands for; 0, which is ERROR_SUCCESS, lets the call go on. */
export function refuseUnlessSuccess(outcome: number): void {
  if (outcome !== 0) throw new Refusal(outcome);
}

/** Does work for which a refusal means that there is nothing to do any more. */
export function unlessRefused(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

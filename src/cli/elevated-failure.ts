// SPDX-License-Identifier: MIT
import type { PortReservationErrorDetails } from '../common/errors.js';
import type { ElevatedCommand } from './elevation.js';
import type { ExitCode } from './exit-codes.js';

/** The `error` that --json prints. */
export interface ErrorReport extends Partial<Omit<PortReservationErrorDetails, 'code' | 'cause'>> {
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
  /** With exit code 3. */
  readonly elevated?: ElevatedCommand;
}

/** The failure of the elevated process, as it reported it. */
export class ElevatedFailure extends Error {
  readonly report: ErrorReport;

  constructor(report: ErrorReport) {
    super(report.message);
    this.report = report;
  }
}

// SPDX-License-Identifier: MIT
import type { ErrorReport } from './report-error.js';

/** The failure of the elevated process, as it reported it. */
export class ElevatedFailure extends Error {
  readonly report: ErrorReport;

  constructor(report: ErrorReport) {
    super(report.message);
    this.report = report;
  }
}

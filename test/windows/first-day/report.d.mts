// SPDX-License-Identifier: MIT
import type { AssumptionName } from 'win-port-reservation/simulator';
import type { Result } from '../probes/run-probes.mjs';

export interface Part {
  elevated: boolean;
  steps: { name: string; seconds: number; exitCode: number; results?: readonly Result[]; [detail: string]: unknown }[];
  changes: string[];
}

export function measuredAssumptions(parts: readonly Part[]): Partial<Record<AssumptionName, number | boolean>>;
export function toPage(report: { system: object; parts: readonly Part[] }): string;

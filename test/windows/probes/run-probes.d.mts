// SPDX-License-Identifier: MIT
import type { AssumptionName } from 'win-port-reservation/simulator';
import type { steps } from './steps.mjs';

type Value = number | boolean;

export interface Result {
  assumption: AssumptionName;
  modelValue: Value;
  windowsValue: Value | Record<string, Value> | null;
  agrees: boolean | null;
  notes: string[];
  defect?: string;
}

export const probes: Partial<Record<AssumptionName, object>>;
export const withoutProbe: Partial<Record<AssumptionName, string>>;
export function runProbes(options: {
  inAnotherProcess: (step: keyof typeof steps, args: object, options: { elevated: boolean }) => Promise<unknown>;
  names?: readonly AssumptionName[];
}): Promise<Result[]>;

// SPDX-License-Identifier: MIT
import type { NativeBinding } from '../../../dist/windows/native-binding.js';

type Step = (binding: NativeBinding, args: object) => Promise<unknown>;

export const steps: Record<
  'bind' | 'bindToZero' | 'associate' | 'release' | 'acquire' | 'changeNoPorts' | 'listGuests',
  Step
>;

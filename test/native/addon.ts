// SPDX-License-Identifier: MIT
// The raw functions of the addon, for tests that ask for services, processes and the registry.
import { createRequire } from 'node:module';
import type { NativeBinding } from '../../src/windows/native-binding.js';

const { WPR_ADDON = '' } = process.env;

export const addon = createRequire(import.meta.url)(WPR_ADDON) as NativeBinding;

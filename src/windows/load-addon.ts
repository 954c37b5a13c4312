// SPDX-License-Identifier: MIT
import { builtin } from '../common/builtin.js';
import { packageError } from '../common/errors.js';
import type { NativeBinding } from './native-binding.js';
import { packageRoot } from '../package-root.js';

/** Loads the addon for this platform and architecture: a local build where there is one, otherwise the prebuilt binary. */
export function loadAddon(): NativeBinding {
  try {
    const root = packageRoot();
    const load = builtin.module.createRequire(root)('node-gyp-build') as (directory: string) => NativeBinding;
    return load(root);
  } catch (cause) {
    throw packageError(
      'ERR_ADDON_NOT_LOADED',
      `Prebuilt binaries are for Windows on x64, arm64 and ia32, and this is ${process.platform} on ${process.arch}. ` +
        'If this process needs one of them, reinstall win-port-reservation; a bundler must leave the package external.',
      { cause },
    );
  }
}

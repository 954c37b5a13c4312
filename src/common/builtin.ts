// SPDX-License-Identifier: MIT

/**
 * Loads a module of Node when it is first used, for the files that are loaded together with this package. Loading the
 * modules at once would take longer than loading the package, and most programs never need most of them.
 */
export const builtin = {
  get dgram() {
    return process.getBuiltinModule('node:dgram');
  },
  get diagnosticsChannel() {
    return process.getBuiltinModule('node:diagnostics_channel');
  },
  get module() {
    return process.getBuiltinModule('node:module');
  },
  get net() {
    return process.getBuiltinModule('node:net');
  },
  get os() {
    return process.getBuiltinModule('node:os');
  },
  get timers() {
    return process.getBuiltinModule('node:timers');
  },
  get util() {
    return process.getBuiltinModule('node:util');
  },
};

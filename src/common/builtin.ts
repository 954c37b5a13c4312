// SPDX-License-Identifier: MIT

/**
 * Modules of Node, for what is loaded when this package is: each comes when it is first used. A program would wait longer
 * for them than for the package, and most never need most of them.
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
  get url() {
    return process.getBuiltinModule('node:url');
  },
  get util() {
    return process.getBuiltinModule('node:util');
  },
};

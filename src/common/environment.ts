// SPDX-License-Identifier: MIT
/** Reads a variable of any case. In a worker thread the environment is a copy with case-sensitive names, on Windows too. */
export function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(environment).find(([given]) => given.toLowerCase() === wanted)?.[1];
}

/** Copies an environment for a Node that must not run the preloads and debuggers of this process. */
export function withoutNodeOptions(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(([name]) => name.toUpperCase() !== 'NODE_OPTIONS');
  return Object.fromEntries(entries);
}

// SPDX-License-Identifier: MIT

/**
 * Starts the command line of the package from a folder where it is installed. Without `--no-install`, npx downloads a
 * package that is missing, and runs it: in an elevated shell, and from whoever owns its name on npm.
 */
export const installedCommand = 'npx --no-install win-port-reservation';

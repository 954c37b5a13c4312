// SPDX-License-Identifier: MIT
// Imports the package and prints which modules of Node and which addons that loaded.
const before = new Set(process.moduleLoadList);
await import('win-port-reservation');
const modules = process.moduleLoadList.filter((name) => !before.has(name));
process.report.excludeNetwork = true;
const { sharedObjects } = process.report.getReport();
console.log(JSON.stringify({ modules, addons: sharedObjects.filter((file) => file.endsWith('.node')) }));

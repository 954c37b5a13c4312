// SPDX-License-Identifier: MIT
import { testRecipes } from './pages.js';

const html = '<!doctype html><title>hello</title>';

/** The browser that Electron opens logs in at once. */
const standIn = `
export const app = { whenReady: () => Promise.resolve() };
export const shell = {
  async openExternal(url) {
    const redirect = new URL(url).searchParams.get('redirect_uri');
    fetch(redirect + '?code=4711');
  },
};`;

testRecipes('.', {
  'vite.md': {
    port: 5173,
    tools: { vite: 'Vite' },
    // The port is the default of Vite; the test moves it.
    files: { 'index.html': html, 'vite.config.js': 'export default { server: { port: 5173 } };' },
  },
  'webpack-dev-server.md': {
    port: 8080,
    tools: { webpack: 'webpack', 'webpack-dev-server': 'webpack-dev-server' },
    files: { 'src/index.js': "document.body.textContent = 'hello';\n", 'public/index.html': html },
  },
  'jest.md': { port: 3000, tools: { jest: 'Jest' }, files: { 'package.json': '{}' } },
  'vitest.md': { port: 3000, tools: { vitest: 'Vitest' } },
  'docker.md': { port: 5432, tools: {}, leavesOut: /^docker |^node database/ },
  'electron.md': {
    port: 3000,
    tools: {},
    // Electron's program is not in its package, but downloaded. This one does of it what the page uses.
    files: {
      'node_modules/electron/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/electron/index.js': standIn,
    },
    instead: { 'npx electron': 'node' },
  },
  'pm2.md': { port: 3000, tools: { pm2: 'PM2' } },
  'windows-services.md': { port: 3000, tools: {} },
  'github-actions.md': { port: 3000, tools: {} },
  'wsl.md': { port: 3000, tools: {} },
  'bundlers.md': {
    port: 3000,
    tools: { esbuild: 'esbuild', webpack: 'webpack', rollup: 'Rollup', vite: 'Vite', typescript: 'TypeScript' },
  },
});

// SPDX-License-Identifier: MIT
// A desktop program whose redirect URI is registered with a fixed port. Its installer, elevated, excludes the port:
// Hyper-V and WSL can no longer take it, and the program binds it in the ordinary way, without elevation. A reservation
// does not work here, because only elevated processes can bind inside a persistent one.
//
//   node examples/oauth-redirect.mjs install 8765      elevated, once
//   node examples/oauth-redirect.mjs login 8765        by any user
//   node examples/oauth-redirect.mjs uninstall 8765    elevated
//
// Elsewhere than on Windows: node --import win-port-reservation/simulate ...
import { once } from 'node:events';
import http from 'node:http';
import { addExcludedPortRange, deleteExcludedPortRange, explainListenError } from 'win-port-reservation';

const host = '127.0.0.1';
const [action, port] = [process.argv[2], Number(process.argv[3])];
const block = { protocol: 'tcp', startPort: port, numberOfPorts: 1 };

/** Waits for the browser to come back with the code. */
async function waitForCode() {
  const server = http.createServer({ keepAlive: false });
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    // The user cannot choose another port, so only the reason helps.
    const { sentence, advice } = await explainListenError(error);
    throw new Error([sentence, ...advice.map(({ text }) => `- ${text}`)].join('\n'), { cause: error });
  }
  openBrowser(`http://${host}:${port}/callback?code=4711`);
  const [request, response] = await once(server, 'request');
  response.end('You may close this window.\n');
  server.close();
  return new URL(request.url, `http://${host}`).searchParams.get('code');
}

/** Stands in for a browser that shows the login page: it redirects at once. */
function openBrowser(redirect) {
  http.get(redirect, { agent: false }, (response) => response.resume());
}

const actions = {
  install: async () => {
    await addExcludedPortRange(block);
    console.log(`port ${port} is kept for our redirects`);
  },
  login: async () => {
    console.log(`logged in with ${await waitForCode()}`);
  },
  uninstall: async () => {
    await deleteExcludedPortRange(block);
    console.log(`port ${port} is anybody's again`);
  },
};

const usage = `Usage:
  node examples/oauth-redirect.mjs install <port>      elevated, once
  node examples/oauth-redirect.mjs login <port>        by any user
  node examples/oauth-redirect.mjs uninstall <port>    elevated`;

if (!(action in actions) || process.argv.length < 4) {
  console.error(usage);
  process.exitCode = 2;
} else {
  await actions[action]().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}

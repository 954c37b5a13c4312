// SPDX-License-Identifier: MIT
// Tries a runtime token of another process, with and without that process's id: use-foreign-token.mjs token pid
import http from 'node:http';
import { listen } from 'win-port-reservation';

const [token, processId] = process.argv.slice(2);
const reservation = { protocol: 'tcp', token: BigInt(token) };
const codeOf = (promise) =>
  promise.then(
    () => 'listening',
    ({ code }) => code,
  );
console.log(
  JSON.stringify([
    await codeOf(listen(http.createServer(), { ...reservation, processId: Number(processId) })),
    await codeOf(listen(http.createServer(), reservation)),
  ]),
);

// SPDX-License-Identifier: MIT
// Prints the explanation of a port: explain-once.mjs tcp|udp port
import { explainPort } from 'win-port-reservation';

const [protocol, port] = process.argv.slice(2);
console.log(JSON.stringify(await explainPort({ protocol, port: Number(port), host: '127.0.0.1' })));

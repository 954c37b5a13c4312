// SPDX-License-Identifier: MIT
// Prints the explanation of a port: explain-once.mjs tcp|udp port
import { explainInTime } from './explain-in-time.mjs';

const [protocol, port] = process.argv.slice(2);
console.log(JSON.stringify(await explainInTime({ protocol, port: Number(port), host: '127.0.0.1' })));

// SPDX-License-Identifier: MIT
// Exits while a call is in Windows and never returns.
import { addon, anyBlock, askMachine, report, resultOf, tcp } from './addon.mjs';

const acquire = 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)';
await askMachine('holdNext', acquire);
void addon.openSocket({ ...tcp, acquire: anyBlock(1) });
// The next one begins when the lane of the other counts as stuck, so that by then both are under way.
resultOf(await addon.openSocket(tcp));
await report('stuck');
process.exit(7);

// SPDX-License-Identifier: MIT
import type { CallFailure } from '../common/errors.js';
import type { PortBlock } from '../common/ports.js';
import { htons } from './byte-order.js';
import type { NativeBinding } from './native-binding.js';

const lookups = {
  tcp: 'lookupPersistentTcpPortReservation',
  udp: 'lookupPersistentUdpPortReservation',
} as const;

/** Asks Windows for the token of a persistent reservation, which it finds only by its exact numbers. */
export function lookUp(
  binding: NativeBinding,
  { protocol, startPort, numberOfPorts }: PortBlock,
): Promise<bigint | CallFailure> {
  return binding[lookups[protocol]](htons(startPort), numberOfPorts);
}

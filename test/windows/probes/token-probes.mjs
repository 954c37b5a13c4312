// SPDX-License-Identifier: MIT
// Probes of tokens: where they work, and for which calls.
import { randomBytes } from 'node:crypto';
import { lookupPersistentTcpPortReservation } from 'win-port-reservation';
import { numberOf } from './outcome.mjs';

const otherProtocol = { tcp: 'udp', udp: 'tcp' };

/** Returns a token that was valid once. */
async function releasedToken(stage) {
  const { owner, token } = await stage.acquire();
  await owner.releasePortReservation(token);
  return token;
}

function madeUpToken() {
  return randomBytes(8).readBigUInt64LE() | 1n;
}

/** @type {Record<string, import('./run-probes.mjs').Probe>} */
export const tokenProbes = {
  associateAfterBind: {
    async run(stage) {
      const { token } = await stage.acquire();
      const socket = await stage.open();
      await socket.bind({ host: '127.0.0.1' });
      return numberOf(socket.associatePortReservation(token));
    },
  },

  associateTwice: {
    async run(stage) {
      const [one, other] = [await stage.acquire(), await stage.acquire()];
      const again = async (token) => numberOf((await stage.associate(one.token)).associatePortReservation(token));
      return { 'with one token': await again(one.token), 'with two tokens': await again(other.token) };
    },
  },

  associateUnknownToken: {
    async run(stage) {
      const associate = async (token) => numberOf((await stage.open()).associatePortReservation(token));
      return {
        'token 0': await associate(0n),
        'a made-up token': await associate(madeUpToken()),
        'a released token': await associate(await releasedToken(stage)),
      };
    },
  },

  associateTokenOfAnotherProcess: {
    async run(stage) {
      const { token } = await stage.acquire();
      return stage.elsewhere('associate', { protocol: 'tcp', token });
    },
  },

  associateOtherProtocol: {
    async run(stage) {
      const associate = async (protocol) => {
        const { token } = await stage.acquire({ protocol });
        return numberOf((await stage.open(otherProtocol[protocol])).associatePortReservation(token));
      };
      return { 'a TCP token on UDP': await associate('tcp'), 'a UDP token on TCP': await associate('udp') };
    },
  },

  associateOtherFamily: {
    async run(stage) {
      const associateAndBind = async (ownerFamily, family) => {
        const { token } = await stage.acquire({ family: ownerFamily });
        const socket = await stage.open('tcp', family);
        const number = await numberOf(socket.associatePortReservation(token));
        const host = family === 4 ? '127.0.0.1' : '::1';
        return number === 0 ? numberOf(socket.bind({ host })) : number;
      };
      return {
        'an IPv6 token on IPv4': await associateAndBind(6, 4),
        'an IPv4 token on IPv6': await associateAndBind(4, 6),
      };
    },
  },

  releaseUnknownToken: {
    async run(stage) {
      const release = async (token) => numberOf((await stage.open()).releasePortReservation(token));
      return {
        'token 0': await release(0n),
        'a made-up token': await release(madeUpToken()),
        'a released token': await release(await releasedToken(stage)),
      };
    },
  },

  releaseTokenOfAnotherProcess: {
    async run(stage) {
      const { token } = await stage.acquire();
      return stage.elsewhere('release', { protocol: 'tcp', token });
    },
  },

  releasePersistentToken: {
    needsElevation: true,
    async run(stage) {
      const { startPort, numberOfPorts, token } = await stage.createPersistent();
      const number = await numberOf((await stage.open()).releasePortReservation(token));
      const lookup = await numberOf(lookupPersistentTcpPortReservation(startPort, numberOfPorts));
      stage.notes.push(`Lookup ends with ${lookup} afterwards`);
      return number;
    },
  },

  releaseOtherProtocol: {
    async run(stage) {
      const release = async (protocol) => {
        const { token } = await stage.acquire({ protocol });
        return numberOf((await stage.open(otherProtocol[protocol])).releasePortReservation(token));
      };
      return { 'a TCP token on UDP': await release('tcp'), 'a UDP token on TCP': await release('udp') };
    },
  },
};

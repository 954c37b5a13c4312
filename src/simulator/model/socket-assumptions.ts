// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import { outcome, refusal, rule } from './assumption.js';

/** Assumptions about sockets and reservations, and about sockets whose reservation ends. */
export const socketAssumptions = {
  associateAfterBind: outcome({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'A bound socket cannot be associated.',
    standsOn: 'ASSOCIATE after bind: documented as the wrong order, the error is not',
    probe: 'Bind a socket, associate it, and read WSAGetLastError.',
  }),
  associateTwice: outcome({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'An associated socket cannot be associated again, with the same token or another token.',
    standsOn: 'ASSOCIATE twice on one socket',
    probe: 'Associate one socket twice with one token, and another with two tokens, and read WSAGetLastError.',
  }),
  associateUnknownToken: refusal({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'A socket cannot be associated with a token that belongs to no reservation.',
    standsOn: 'ASSOCIATE with an unknown token, 0 included',
    probe: 'Associate with token 0, a made-up token and a released token, and read WSAGetLastError.',
  }),
  associateTokenOfAnotherProcess: refusal({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'A runtime token does not work outside the process that acquired it.',
    standsOn: 'token from another process: documented to be unusable, the error is not',
    probe: 'Acquire in one process, associate with the token in another, and read WSAGetLastError.',
  }),
  associateOtherProtocol: refusal({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'A UDP socket cannot be associated with a TCP token, nor the other way round.',
    standsOn: 'TCP token on UDP; the two protocols keep separate pools',
    probe: 'Acquire on a TCP socket, associate a UDP socket with the token, and read WSAGetLastError.',
  }),
  associateOtherFamily: outcome({
    value: 0,
    statement: 'An IPv4 socket can be associated with a token acquired on an IPv6 socket, and the other way round.',
    standsOn:
      'token across address families; the only program known to use tokens, msquic, uses only dual-stack IPv6 sockets',
    probe: 'Acquire on an AF_INET6 socket, associate and bind an AF_INET socket with the token, and swap them.',
  }),
  releaseUnknownToken: refusal({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'A token that belongs to no reservation cannot be released.',
    standsOn: 'RELEASE with an unknown token, 0 included',
    probe: 'Release token 0, a made-up token and one token twice, and read WSAGetLastError.',
  }),
  releaseTokenOfAnotherProcess: refusal({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'A runtime reservation cannot be released by another process.',
    standsOn: 'token from another process: RELEASE is documented for the acquiring process, the error is not',
    probe: 'Acquire in one process, release the token in another, and read WSAGetLastError.',
  }),
  releasePersistentToken: refusal({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'A persistent reservation cannot be released like a runtime reservation.',
    standsOn: 'RELEASE with a persistent token: it is documented for acquired tokens only',
    probe: 'Create a persistent reservation, release its token on a socket, and look the reservation up.',
  }),
  releaseOtherProtocol: refusal({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'A TCP token cannot be released on a UDP socket, nor the other way round.',
    standsOn: 'TCP token on UDP; the two protocols keep separate pools',
    probe: 'Acquire on a TCP socket, release the token on a UDP socket, and read WSAGetLastError.',
  }),
  releaseWhileBound: outcome({
    value: 0,
    statement: 'A block can be released while sockets are bound inside it.',
    standsOn: "RELEASE while bound: Microsoft's sample does it, but the authors of ms-nfs41-client found that it fails",
    probe: 'Bind an associated socket, release the block, and read WSAGetLastError.',
  }),
  boundSocketsSurviveOwnerClose: rule({
    value: true,
    statement: 'Bound associated sockets keep working when the socket that acquired the block is closed.',
    standsOn:
      'owner socket closed while associated sockets are bound; msquic acquires on its first socket, associates all sockets ' +
      'and closes the first socket first',
    probe: 'Acquire on one socket, listen on an associated second one, close the first, and connect to the second.',
  }),
  boundSocketsSurviveRelease: rule({
    value: true,
    statement: 'Bound associated sockets keep working when the block is released.',
    standsOn: "RELEASE while bound, if it succeeds; Microsoft's sample releases after bind",
    probe: 'Listen on an associated socket, release the block, and connect to the socket.',
  }),
  boundSocketsSurviveDelete: rule({
    value: true,
    statement: 'Bound associated sockets keep working when the persistent reservation is deleted.',
    standsOn: 'deleting a persistent reservation while associated sockets are bound',
    probe: 'Listen on a socket associated with a persistent reservation, delete it, and connect to the socket.',
  }),
  bindInsidePersistentReservation: outcome({
    value: errorCodes.WSAEACCES.errorNumber,
    statement: 'An unassociated socket cannot be bound inside a persistent reservation, elevated or not.',
    standsOn: 'unassociated bind inside a persistent reservation: msquic documents the refusal, not its code',
    probe: 'Create a persistent reservation, bind to a port of it elevated and not, and read WSAGetLastError.',
  }),
  bindInsideRuntimeReservation: outcome({
    value: errorCodes.WSAEACCES.errorNumber,
    statement: 'An unassociated socket cannot be bound inside a runtime reservation of another process.',
    standsOn: 'bind from another process inside a runtime reservation: reported to fail, with 10013 or 10048',
    probe: 'Acquire in one process, bind to a port of the block in another, and read WSAGetLastError.',
  }),
  bindInsideOwnRuntimeReservation: outcome({
    value: errorCodes.WSAEACCES.errorNumber,
    statement: 'An unassociated socket cannot be bound inside a runtime reservation of its own process.',
    standsOn: 'unassociated bind in the same process; in 2021 it did not fail (microsoft/msquic#2017)',
    probe: 'Acquire a block and bind a second, unassociated socket of the same process inside it.',
  }),
  reservationsCoverBothFamilies: rule({
    value: true,
    statement: 'A block acquired on a socket of one address family keeps sockets of the other family out too.',
    standsOn:
      'IPv4 and IPv6 share one table: inferred from lists that were always equal (for example openai/codex#40344), shared ' +
      'registry keys and dual-stack msquic',
    probe: 'Acquire on an AF_INET socket, bind an AF_INET6 socket of another process inside the block, and swap them.',
  }),
  wildcardAndSpecificBindsCoexist: rule({
    value: true,
    statement:
      'One socket can be bound to a port at all addresses and another to the same port at a single address, in either order.',
    standsOn:
      'documented for sockets of one user that set no option ("Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE"); not observed ' +
      'on Windows for this package',
    probe:
      'Bind one socket at 0.0.0.0 and another at 127.0.0.1 to one port, in both orders, and the same with :: and ::1.',
  }),
  bindOutsideAssociatedBlock: outcome({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'An associated socket cannot be bound to a port outside its block.',
    standsOn: 'bind outside the block after association',
    probe: 'Associate a socket, bind it to a free port outside the block, and read WSAGetLastError.',
  }),
  bindInFullBlock: refusal({
    value: errorCodes.WSAENOBUFS.errorNumber,
    statement: 'Binding an associated socket to port 0 fails when every port of the block is in use.',
    standsOn: 'a block without a free port: documented to fail, the error is not',
    probe: 'Acquire 1 port, bind two associated sockets to port 0, and read WSAGetLastError of the second.',
  }),
  bindAfterReservationEnded: outcome({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'An associated socket can no longer be bound once its reservation has ended.',
    standsOn: 'owner socket closed, or block released, while associated sockets are not bound yet',
    probe: 'Associate a socket, release the block, bind the socket to port 0, and read WSAGetLastError.',
  }),
  bindWithoutFreeDynamicPort: refusal({
    value: errorCodes.WSAENOBUFS.errorNumber,
    statement: 'Binding an unassociated socket to port 0 fails when the dynamic range has no free port.',
    standsOn: 'ephemeral pool running out: the kernel chooses no excluded or reserved port for bind(0)',
    probe: 'Acquire the whole dynamic range in blocks, bind to port 0, and read WSAGetLastError.',
  }),
  portZeroSkipsReservations: rule({
    value: true,
    statement: 'A bind to port 0 never lands in a foreign, a runtime or an unlisted reservation.',
    standsOn: 'ports chosen by the kernel: certain for exclusions and persistent reservations, inferred for the others',
    probe: 'Acquire most of the dynamic range, bind many sockets to port 0, and look for a port inside the blocks.',
  }),
} as const;

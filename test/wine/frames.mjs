// SPDX-License-Identifier: MIT
// The format of the bytes between the stand-ins and the machine server. They are little-endian, like the memory they
// are copied from; ports inside raw structures are in network byte order, as Windows requires.

export const op = {
  hello: 1,
  persistent: 2,
  ioctl: 3,
  bind: 4,
  bound: 5,
  close: 6,
  netsh: 7,
  guestPortReservations: 8,
  portOwners: 9,
  lookup: 10,
};
export const verdict = { return: 0, bind: 1 };

export const ioctlName = new Map([
  [0x98000064, 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)'],
  [0x98000065, 'WSAIoctl(SIO_RELEASE_PORT_RESERVATION)'],
  [0x98000066, 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)'],
]);

/** Splits a stream of bytes into frames: a 32-bit length, then that many bytes. */
export class FrameReader {
  #rest = Buffer.alloc(0);

  *push(chunk) {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 4) {
      const end = 4 + this.#rest.readUInt32LE(0);
      if (this.#rest.length < end) return;
      yield this.#rest.subarray(4, end);
      this.#rest = this.#rest.subarray(end);
    }
  }
}

export function encodeAnswer(kind, errorNumber, output = Buffer.alloc(0)) {
  const frame = Buffer.alloc(9);
  frame.writeUInt32LE(5 + output.length, 0);
  frame.writeUInt8(kind, 4);
  frame.writeUInt32LE(errorNumber, 5);
  return Buffer.concat([frame, output]);
}

export function decodeHello(frame) {
  return {
    processId: frame.readUInt32LE(1),
    created: frame.readBigUInt64LE(5),
    elevated: frame.readUInt8(13) !== 0,
  };
}

/** The raw bytes of StartPort are in network order, those of NumberOfPorts in host order. */
export function decodePersistent(frame) {
  return { which: frame.readUInt8(1), startPort: frame.readUInt16BE(2), numberOfPorts: frame.readUInt16LE(4) };
}

/** Reads the beginning of every request about a socket. */
export function decodeSocket(frame) {
  const protocol = { 6: 'tcp', 17: 'udp' }[frame.readUInt8(9)];
  return { socket: frame.readBigUInt64LE(1), protocol, family: frame.readUInt8(10) === 6 ? 6 : 4 };
}

export function decodeIoctl(frame) {
  const inputLength = frame.readUInt32LE(15);
  return {
    ...decodeSocket(frame),
    code: frame.readUInt32LE(11),
    input: frame.subarray(19, 19 + inputLength),
    outputCapacity: frame.readUInt32LE(19 + inputLength),
  };
}

export function decodeBind(frame) {
  return { ...decodeSocket(frame), sockaddr: frame.subarray(11) };
}

export function decodeBound(frame) {
  return { socket: frame.readBigUInt64LE(1), errorNumber: frame.readInt32LE(9), sockaddr: frame.subarray(13) };
}

export function decodeClose(frame) {
  return { socket: frame.readBigUInt64LE(1) };
}

export function decodeNetsh(frame) {
  return { args: frame.toString('utf8', 1).split('\0') };
}

export function decodePortOwners(frame) {
  return { protocol: { 6: 'tcp', 17: 'udp' }[frame.readUInt8(1)], family: frame.readUInt8(2) };
}

export function decodeLookup(frame) {
  const end = frame.indexOf(0, 1);
  return { call: frame.toString('utf8', 1, end), bytes: frame.subarray(end + 1) };
}

export function portOf(sockaddr) {
  return sockaddr.readUInt16BE(2);
}

export function withPort(sockaddr, port) {
  const copy = Buffer.from(sockaddr);
  copy.writeUInt16BE(port, 2);
  return copy;
}

export function encodeToken(token) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(token);
  return bytes;
}

/** INET_PORT_RANGE. */
export function decodePortRange(input) {
  return { startPort: input.readUInt16BE(0), numberOfPorts: input.readUInt16LE(2) };
}

/** INET_PORT_RESERVATION_INSTANCE: the range, four bytes of padding, the token. */
export function encodeReservation({ startPort, numberOfPorts, token }) {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16BE(startPort, 0);
  bytes.writeUInt16LE(numberOfPorts, 2);
  bytes.writeBigUInt64LE(token, 8);
  return bytes;
}

/** HCN_PORT_RANGE_ENTRY: two GUIDs, the protocol, four bytes of padding, the priority, three flags, the two ends. */
export function encodeGuestReservation({ protocol, startPort, numberOfPorts }) {
  const bytes = Buffer.alloc(64);
  bytes.writeInt32LE(protocol === 'tcp' ? 1 : 2, 32);
  bytes.writeUInt16LE(startPort, 60);
  bytes.writeUInt16LE(startPort + numberOfPorts - 1, 62);
  return bytes;
}

export function encodeOwner({ port, processId }) {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(port, 0);
  bytes.writeUInt32LE(processId, 2);
  return bytes;
}

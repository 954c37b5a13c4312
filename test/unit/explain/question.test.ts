// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import dgram from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { PortReservationError } from '../../../src/index.js';
import { take } from '../../../src/common/arguments.js';
import { takeErrorProperties } from '../../../src/explain/facts/error-properties.js';
import * as question from '../../../src/explain/facts/question.js';

const readError = (error: unknown, protocol?: 'tcp' | 'udp') =>
  question.readError(error as object, takeErrorProperties(error), protocol);
const readOptions = (options: unknown) =>
  question.readOptions(take('options', options, ['protocol', 'port', 'startPort', 'host']));

const nodeError = (properties: object) => Object.assign(new Error('as Node has it'), properties);
const eacces = { code: 'EACCES', syscall: 'listen', port: 3000 };
const refusal = { call: 'listen', code: 'EACCES', errorNumber: 10_013 };

describe('an error of listen or bind', () => {
  it.each([
    ['at every address', { ...eacces, address: '::' }, { protocol: 'tcp', bindTo: '::', refusal }],
    ['at every address of IPv4', { ...eacces, address: '0.0.0.0' }, { protocol: 'tcp', bindTo: '0.0.0.0', refusal }],
    ['without an address', eacces, { protocol: 'tcp', refusal }],
    [
      'at an address',
      { ...eacces, address: '127.0.0.1' },
      { protocol: 'tcp', host: '127.0.0.1', bindTo: '127.0.0.1', refusal },
    ],
    [
      'of UDP',
      { ...eacces, code: 'EADDRINUSE', syscall: 'bind', address: '0.0.0.0' },
      { protocol: 'udp', bindTo: '0.0.0.0', refusal: { call: 'bind', code: 'EADDRINUSE', errorNumber: 10_048 } },
    ],
    [
      'in a worker of a cluster',
      { ...eacces, code: 'EADDRNOTAVAIL', syscall: 'bind', address: null },
      { protocol: 'tcp', refusal: { call: 'bind', code: 'EADDRNOTAVAIL', errorNumber: 10_049 } },
    ],
  ])('%s is read', (_, properties, question) => {
    expect(readError(nodeError(properties))).toEqual({ port: 3000, ...question });
  });

  it('takes the protocol from the caller if it is given', () => {
    expect(readError(nodeError({ ...eacces, syscall: 'bind' }), 'tcp').protocol).toBe('tcp');
  });

  it('of Node itself is read, no matter which call made it', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const errorOf = async (emitter: NodeJS.EventEmitter) => ((await once(emitter, 'error')) as unknown[])[0];

    const listening = await errorOf(net.createServer().listen(port, '127.0.0.1'));
    expect(readError(listening)).toMatchObject({ protocol: 'tcp', port, host: '127.0.0.1' });
    const client = await errorOf(net.connect({ port, host: '127.0.0.1', localPort: port, localAddress: '127.0.0.1' }));
    expect(client).toMatchObject({ syscall: 'bind' });
    expect(readError(client)).toMatchObject({ protocol: 'tcp', port });
    server.close();

    const bound = dgram.createSocket('udp4').bind(0, '127.0.0.1');
    await once(bound, 'listening');
    const taken = dgram.createSocket('udp4').bind(bound.address().port, '127.0.0.1');
    expect(readError(await errorOf(taken))).toMatchObject({ protocol: 'udp', port: bound.address().port });
    bound.close();
  });
});

describe('an error of this package', () => {
  const errorOf = (details: Partial<ConstructorParameters<typeof PortReservationError>[1]>) =>
    new PortReservationError('refused', { code: 'WSAEACCES', errno: 10_013, syscall: 'bind', ...details });
  const own = { protocol: 'tcp', startPort: 5000 } as const;

  it('is read with its address', () => {
    expect(readError(errorOf({ ...own, host: '127.0.0.1' }))).toMatchObject({
      protocol: 'tcp',
      port: 5000,
      host: '127.0.0.1',
      bindTo: '127.0.0.1',
      refusal: { call: 'bind', code: 'WSAEACCES', errorNumber: 10_013 },
    });
  });

  it('is read with its block', () => {
    const create = {
      code: 'ERROR_SHARING_VIOLATION',
      errno: 32,
      syscall: 'CreatePersistentTcpPortReservation',
    } as const;
    const { port, refusal: read } = readError(errorOf({ ...create, ...own, numberOfPorts: 20 }));
    expect([port, read?.block]).toEqual([5000, { ...own, numberOfPorts: 20 }]);
  });

  it('is read after it was sent to another thread', () => {
    const sent: unknown = JSON.parse(JSON.stringify(errorOf(own)));
    expect(sent).not.toBeInstanceOf(Error);
    expect(readError(sent)).toMatchObject({ protocol: 'tcp', port: 5000 });
  });

  it('need not have the port if the process lacks elevation', () => {
    const associate = 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)';
    expect(readError(errorOf({ ...own, startPort: 0, syscall: associate }))).toMatchObject({ port: 0 });
    expect(() => readError(errorOf({ ...own, startPort: 0 }))).toThrow(TypeError);
  });

  it.each([
    ['that never reached Windows', { ...own, code: 'ERR_SOCKET_CLOSED', errno: undefined, syscall: undefined }],
    ['that is not about a port', { protocol: 'tcp' }],
    ['of another kind', { ...own, code: 'WSAENOBUFS', errno: 10_055 }],
  ] as const)('%s is refused', (_, details) => {
    expect(() => readError(errorOf(details))).toThrow(TypeError);
  });
});

describe('a value that is not such an error', () => {
  it.each([
    ['nothing', undefined],
    ['a string', 'EACCES'],
    ['an error without a port', nodeError({ ...eacces, port: undefined })],
    ['a pipe', nodeError({ ...eacces, address: '\\\\.\\pipe\\name', port: -1 })],
    ['an error of connect', nodeError({ ...eacces, syscall: 'connect' })],
    ['an error with another code', nodeError({ ...eacces, code: 'EINVAL' })],
    ['a port that is none', nodeError({ ...eacces, port: 65_536 })],
  ])('%s is refused with the name of the parameter', (_, error) => {
    expect(() => readError(error)).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        message: expect.stringMatching(
          /^"error" must be an error of listen or bind that names a port; received/,
        ) as string,
      }),
    );
  });
});

describe('the options of explainPort', () => {
  it('are read', () => {
    expect(readOptions({ protocol: 'udp', port: 53 })).toEqual({ protocol: 'udp', port: 53 });
    expect(readOptions({ protocol: 'tcp', port: 80, host: 'localhost' })).toMatchObject({ host: 'localhost' });
  });

  it.each([
    [undefined, 'ERR_INVALID_ARG_TYPE', '"options"'],
    [{ port: 1 }, 'ERR_INVALID_ARG_TYPE', '"options.protocol"'],
    [{ protocol: 'tcp', port: '80' }, 'ERR_INVALID_ARG_TYPE', '"options.port"'],
    [{ protocol: 'tcp', port: 0 }, 'ERR_OUT_OF_RANGE', '"options.port"'],
    [{ protocol: 'tcp', port: 1, host: 4 }, 'ERR_INVALID_ARG_TYPE', '"options.host"'],
    [{ protocol: 'tcp', port: 1, host: '' }, 'ERR_OUT_OF_RANGE', '"options.host"'],
  ])('%o are refused', (options, code, name) => {
    expect(() => readOptions(options)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(name) as string }),
    );
  });
});

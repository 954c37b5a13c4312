// SPDX-License-Identifier: MIT
// Makes values that a caller can pass and that do harm when they are read. fast-check generates descriptions of them,
// which it can print; `build` makes the value.
import fc from 'fast-check';

class CallerError extends Error {}

const throwingTrap = () => {
  throw thrownByCallers[0];
};
/** Makes a proxy that throws at every operation. */
const throwingProxy = () =>
  new Proxy(
    {},
    Object.fromEntries(
      ['get', 'has', 'set', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'defineProperty'].map((trap) => [
        trap,
        throwingTrap,
      ]),
    ),
  );
function revokedProxy() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** The values that getters throw here; all but the first are difficult for Node-API. */
export const thrownByCallers = [
  new CallerError('of the caller'),
  undefined,
  null,
  1,
  'text',
  Symbol('thrown'),
  10n,
  Object.freeze(new CallerError('frozen')),
  () => undefined,
  revokedProxy(),
  throwingProxy(),
  new Proxy({}, { has: () => true, get: () => thrownByCallers[0] }),
];

const scalars = fc.constantFrom(
  ...[undefined, null, true, false, NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, 6, 17, 2, 23, 65_535, 65_536],
  ...[2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 1e308, 5e-324],
  ...[0n, 1n, -1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 64n), 2n ** 4096n],
  ...['', '\0', '127.0.0.1', '127.0.0.1\0', '::1', '::1%1', '\ud800', '\udfff\ud800', 'x'.repeat(100_000)],
  ...[Symbol.iterator, () => undefined, class {}, [], Object(1n), Object(6), Object('127.0.0.1'), new Date(NaN), /x/],
  ...[new Uint8Array(8), globalThis],
);

const any = fc.oneof(
  { weight: 4, arbitrary: scalars.map((value) => ({ kind: 'value', value })) },
  {
    weight: 2,
    arbitrary: fc
      .anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withSparseArray: true })
      .map((value) => ({ kind: 'value', value })),
  },
  { weight: 1, arbitrary: fc.constantFrom(throwingProxy, revokedProxy).map((make) => ({ kind: 'make', make })) },
);

/** Mostly what the addon wants, sometimes anything, sometimes a getter that throws or makes another call. */
function field(wanted) {
  return fc.oneof(
    { weight: 24, arbitrary: wanted },
    { weight: 1, arbitrary: any },
    { weight: 1, arbitrary: fc.nat(thrownByCallers.length - 1).map((index) => ({ kind: 'throws', index })) },
    { weight: 1, arbitrary: fc.nat(50).map((step) => ({ kind: 'enters', step })) },
  );
}
const valueOf = (arbitrary) => arbitrary.map((value) => ({ kind: 'value', value }));
const objectOf = (fields) => fc.record(fields).map((record) => ({ kind: 'object', fields: record }));
const absent = fc.constant({ kind: 'value', value: undefined });

const uint16 = field(valueOf(fc.oneof(fc.constant(0), fc.nat(65_535))));
const range = objectOf({
  startPortNetworkOrder: field(valueOf(fc.constantFrom(0, 0, 0, 1, 65_535))),
  numberOfPorts: field(valueOf(fc.nat(8))),
});
const token = field(valueOf(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })));
const bind = objectOf({
  address: field(valueOf(fc.constantFrom('127.0.0.1', '127.0.0.1', '::1', '127.0.0.2', 'localhost'))),
  portNetworkOrder: field(valueOf(fc.constant(0))),
  ipv6Only: field(valueOf(fc.boolean())),
});
const request = objectOf({
  protocol: field(valueOf(fc.constantFrom(6, 17))),
  family: field(valueOf(fc.constantFrom(2, 2, 23))),
  acquire: fc.oneof(absent, field(range)),
  associate: fc.oneof(absent, absent, token),
  bind: fc.oneof(absent, field(bind)),
});
// Mostly UDP, because Wine takes its time for the table of TCP.
const protocol = field(valueOf(fc.constantFrom(17, 17, 17, 17, 17, 17, 17, 6)));
const errorNumber = field(valueOf(fc.nat(0xffff_ffff)));

// None of them exists: nothing is started or stopped.
const service = field(valueOf(fc.constantFrom('wpr-missing', 'Wpr-Missing', '', 'x'.repeat(300), '\ud800')));
const processId = field(valueOf(fc.oneof(fc.constantFrom(process.pid, process.ppid, 0, 4), fc.nat(0xffff_ffff))));
const processIds = fc.array(processId, { maxLength: 4 }).map((items) => ({ kind: 'list', items }));
const registryText = field(valueOf(fc.constantFrom('SYSTEM', 'SOFTWARE\\Microsoft', '', '\\', 'x'.repeat(300))));

const persistentArguments = [uint16, uint16];
const argumentsOf = {
  createPersistentTcpPortReservation: persistentArguments,
  createPersistentUdpPortReservation: persistentArguments,
  deletePersistentTcpPortReservation: persistentArguments,
  deletePersistentUdpPortReservation: persistentArguments,
  lookupPersistentTcpPortReservation: persistentArguments,
  lookupPersistentUdpPortReservation: persistentArguments,
  openSocket: [request],
  listPortOwners: [protocol, uint16],
  listGuestPortReservations: [],
  formatMessage: [errorNumber],
  isElevated: [],
  // runElevated is left out: what text there may be is a program that Windows can start.
  queryService: [field(valueOf(fc.constantFrom('EventLog', 'wpr-missing')))],
  startService: [service],
  stopService: [service],
  listProcesses: [],
  describeProcesses: [field(processIds)],
  terminateProcess: [processId, token],
  readRegistryNumber: [registryText, registryText],
  constructor: [],
  acquirePortReservation: [range],
  associatePortReservation: [token],
  releasePortReservation: [token],
  bind: [bind],
  close: [],
  lend: [],
  disown: [],
};

/** Describes a call: the function, the object, the arguments, and whether to wait for its end before the next. */
export const call = fc.constantFrom(...Object.keys(argumentsOf), 'openSocket', 'openSocket').chain((name) =>
  fc.record({
    name: fc.constant(name),
    socket: fc.nat(7),
    receiver: fc.oneof({ weight: 8, arbitrary: fc.constant('right') }, { weight: 1, arbitrary: fc.nat(9) }),
    how: fc.constantFrom('call', 'call', 'call', 'call', 'call', 'call', 'new', 'construct'),
    newTarget: fc.nat(5),
    args: fc.oneof(
      { weight: 6, arbitrary: fc.tuple(...argumentsOf[name]) },
      { weight: 1, arbitrary: fc.array(any, { maxLength: 4 }) },
    ),
    wait: fc.boolean(),
  }),
);

/** @param {(step: number) => void} enter Makes another call, for getters that do. */
export function build(description, enter) {
  switch (description.kind) {
    case 'value':
      return description.value;
    case 'make':
      return description.make();
    case 'throws':
    case 'enters':
      return withGetter({}, 'startPortNetworkOrder', description, enter);
    case 'list': {
      const list = [];
      for (const [index, item] of description.items.entries()) {
        if (item.kind === 'throws' || item.kind === 'enters') withGetter(list, index, item, enter);
        else list[index] = build(item, enter);
      }
      return list;
    }
    case 'object': {
      const object = {};
      for (const [name, part] of Object.entries(description.fields)) {
        if (part.kind === 'throws' || part.kind === 'enters') withGetter(object, name, part, enter);
        else object[name] = build(part, enter);
      }
      return object;
    }
    default:
      throw new Error(`unknown description ${description.kind}`);
  }
}

function withGetter(object, name, { kind, index, step }, enter) {
  return Object.defineProperty(object, name, {
    get() {
      if (kind === 'throws') throw thrownByCallers[index];
      enter(step);
      return undefined;
    },
  });
}

// SPDX-License-Identifier: MIT
// Plays one way in which a caller can interfere, and prints the outcome: hostile.mjs scenario
import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import vm from 'node:vm';
import { MessageChannel, Worker, isMainThread, parentPort } from 'node:worker_threads';
import { addon, anyBlock, askMachine, collect, report, resultOf, tcp, udp } from './addon.mjs';
import { handlesLeftByEach } from './handles.mjs';

const open = async (request = tcp) => resultOf(await addon.openSocket(request)).socket;
const messageOf = (error) => error.message;
const outcomeOf = (promise) => promise.then((value) => value?.errorNumber ?? 'went well', messageOf);

/** While `run` runs, every object has an accessor of this name that throws. */
async function withHostileProperty(name, run) {
  const hostile = () => {
    throw new Error(`hostile ${name}`);
  };
  Object.defineProperty(Object.prototype, name, { configurable: true, get: hostile, set: hostile });
  try {
    return await run();
  } finally {
    delete Object.prototype[name];
  }
}

const bind = { address: '127.0.0.1', portNetworkOrder: 0, ipv6Only: false };
const everything = { ...tcp, acquire: anyBlock(1), associate: undefined, bind };

/** The methods of a socket, each with a valid argument. */
const methods = {
  acquirePortReservation: anyBlock(1),
  associatePortReservation: 1n,
  releasePortReservation: 1n,
  bind,
  close: undefined,
  lend: undefined,
  disown: undefined,
};

const endless = {
  get protocol() {
    if (!isMainThread) parentPort.postMessage('inside');
    for (;;);
  },
};

const scenarios = {
  async 'accessors of Object.prototype that throw'() {
    // Name all fields, because a missing one would be read from the prototype.
    const request = { ...everything, bind: { ...bind }, acquire: { ...anyBlock(1) } };
    const ofResults = ['socket', 'reservation', 'address', 'token', 'numberOfPorts', 'portNetworkOrder'];
    const ofFailures = ['call', 'errorNumber', 'then'];
    const ofOwners = ['imageName', 'processId', 'serviceNames'];
    const ofProcesses = ['createdAt', 'commandLine', 'userName'];
    const calls = {
      ...Object.fromEntries(ofResults.map((name) => [name, () => addon.openSocket(request)])),
      ...Object.fromEntries(ofFailures.map((name) => [name, () => addon.lookupPersistentTcpPortReservation(1, 1)])),
      ...Object.fromEntries(ofOwners.map((name) => [name, () => addon.listPortOwners(udp.protocol, 0)])),
      ...Object.fromEntries(ofProcesses.map((name) => [name, () => addon.describeProcesses([process.pid])])),
      endPort: () => addon.listGuestPortReservations(),
      parentProcessId: () => addon.listProcesses(),
      controlsAccepted: () => addon.queryService('EventLog'),
    };
    const guest = { protocol: 'udp', startPort: 1000, numberOfPorts: 2 };
    await askMachine('addUnlistedReservation', guest, 10013);
    const owner = resultOf(await addon.openSocket({ ...udp, bind })).socket;
    const outcomes = {};
    for (const [name, call] of Object.entries(calls)) {
      outcomes[name] = await withHostileProperty(name, () => call().then(() => 'went well', messageOf));
    }
    await owner.close();
    await askMachine('deleteUnlistedReservation', guest);
    return outcomes;
  },

  'a time limit that strikes inside a getter'() {
    const codes = [];
    for (let round = 0; round < 10; round += 1) {
      try {
        vm.runInNewContext('addon.openSocket(endless)', { addon, endless }, { timeout: 20 });
      } catch (error) {
        codes.push(error.code);
      }
    }
    return [...new Set(codes)];
  },

  async 'a thread that is terminated inside a getter'() {
    const exitCodes = new Set();
    for (let round = 0; round < 10; round += 1) {
      const thread = new Worker(new URL(import.meta.url), { argv: ['loop in a getter'] });
      await once(thread, 'message');
      exitCodes.add(await thread.terminate());
    }
    return [...exitCodes];
  },

  'loop in a getter': () => addon.openSocket(endless),

  async 'a hook that closes the socket while a call of it starts'() {
    const socket = await open();
    let closing;
    const hook = createHook({
      init(_, type) {
        if (type.startsWith('WSAIoctl')) closing ??= socket.close();
      },
    }).enable();
    const acquired = outcomeOf(socket.acquirePortReservation(anyBlock(1)));
    hook.disable();
    return { closed: await outcomeOf(closing), acquired: await acquired, closedLater: await outcomeOf(socket.close()) };
  },

  async 'a getter that closes the socket'() {
    const socket = await open();
    let closing;
    const range = {
      get startPortNetworkOrder() {
        closing = socket.close();
        return 0;
      },
      numberOfPorts: 1,
    };
    const acquired = outcomeOf(socket.acquirePortReservation(range));
    return { closed: await outcomeOf(closing), acquired: await acquired };
  },

  async 'calls at the wrong time'() {
    const callsOn = async (socket) => {
      const now = { lent: socket.lend(), disowned: socket.disown() };
      const calls = [
        socket.acquirePortReservation(anyBlock(1)),
        socket.associatePortReservation(1n),
        socket.releasePortReservation(1n),
        socket.bind(bind),
        socket.close(),
      ];
      return { ...now, errorNumbers: await Promise.all(calls.map(outcomeOf)) };
    };
    const [busy, closed, empty] = [await open(), await open(), new (await open()).constructor()];
    await askMachine('holdNext', 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)');
    const acquired = busy.acquirePortReservation(anyBlock(1));
    await closed.close();
    const refused = await callsOn(busy);
    await askMachine('letGo');
    return {
      busy: refused,
      acquired: await outcomeOf(acquired),
      closed: await callsOn(closed),
      empty: await callsOn(empty),
    };
  },

  async 'two copies of the addon in one thread'() {
    const copy = { exports: {} };
    process.dlopen(copy, process.env.WPR_ADDON);
    const [own, other] = [await open(), resultOf(await copy.exports.openSocket(tcp)).socket];
    const crossed = ['close', 'lend', 'disown'].map((name) => {
      try {
        return own[name].call(other);
      } catch (error) {
        return error.name;
      }
    });
    return {
      copied: copy.exports !== addon,
      crossed,
      closed: [await outcomeOf(own.close()), await outcomeOf(other.close())],
    };
  },

  async 'objects in the place of a socket that are none'() {
    const copy = { exports: {} };
    process.dlopen(copy, process.env.WPR_ADDON);
    const [socket, other] = [await open(), resultOf(await copy.exports.openSocket(tcp)).socket];
    const [Own, Other] = [socket.constructor, other.constructor];
    const inDisguise = (object) => Object.setPrototypeOf(object, Own.prototype);
    const receivers = {
      undefined,
      number: 1,
      object: Object.create(Own.prototype),
      heir: Object.create(socket),
      proxy: new Proxy(socket, {}),
      'object that Node wraps': inDisguise(new MessageChannel().port1),
      'socket of another addon': inDisguise(other),
      'object that another addon made for our class': Reflect.construct(Other, [], Own),
    };
    const outcomes = new Set();
    for (const [name, receiver] of Object.entries(receivers)) {
      for (const [method, argument] of Object.entries(methods)) {
        try {
          Own.prototype[method].call(receiver, argument);
          outcomes.add(`${method} went well for ${name}`);
        } catch (error) {
          outcomes.add(error.name);
        }
      }
    }
    // V8 refused all of these. The addon itself checks the type tag.
    const { isMarked } = globalThis[Symbol.for('win-port-reservation.stand-in')];
    return {
      outcomes: [...outcomes],
      marked: { socket: isMarked(socket), empty: isMarked(new Own()), object: isMarked({}) },
      heir: await outcomeOf(new (class extends Own {})().close()),
      closed: [await outcomeOf(socket.close()), await outcomeOf(Other.prototype.close.call(other))],
    };
  },

  async 'an address with a NUL in it'() {
    try {
      return await addon.openSocket({ ...tcp, bind: { ...bind, address: '127.0.0.1\0.example' } });
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  },
};

const scenario = scenarios[process.argv[2]];
if (isMainThread) {
  // The first call creates what all calls share.
  await addon.lookupPersistentTcpPortReservation(1, 1);
  let outcome;
  const leakedHandles = await handlesLeftByEach(async () => void (outcome = await scenario()), { collect });
  await report({ outcome, leakedHandles });
  process.exit(0);
} else {
  await scenario();
}

// SPDX-License-Identifier: MIT
// Calls all exports of the addon with arbitrary values, and prints the outcome: fuzz.mjs sequences
import assert from 'node:assert/strict';
import { types } from 'node:util';
import fc from 'fast-check';
import { addon, collect, report, resultOf, tcp, udp } from './addon.mjs';
import { handlesLeftByEach } from './handles.mjs';
import { build, call, thrownByCallers } from './hostile-values.mjs';
import { isFailure, shapes } from './shapes.mjs';

const maximalDepth = 3;
const summary = { calls: 0, typeErrors: 0, callerErrors: 0, refusals: 0, results: 0, disowned: 0 };
const { socket: sample } = resultOf(await addon.openSocket(tcp));

function checkThrown(thrown, name, how) {
  if (thrownByCallers.some((value) => Object.is(value, thrown))) {
    summary.callerErrors += 1;
  } else {
    // A method called with `new` gets an object that is not a socket; node-addon-api reports only that.
    const isNoSocket = how !== 'call' && thrown.message === 'Invalid argument';
    assert(thrown instanceof TypeError || isNoSocket, `${name} threw ${String(thrown)}`);
    summary.typeErrors += 1;
  }
}

/** Runs one sequence of calls on its own sockets. */
class Sequence {
  #calls;
  #sockets = [];
  #pending = [];
  #depth = 0;

  constructor(calls) {
    this.#calls = calls;
  }

  async run() {
    for (const protocol of [tcp, udp]) this.#sockets.push(resultOf(await addon.openSocket(protocol)).socket);
    for (const [index, { wait }] of this.#calls.entries()) {
      this.#make(index);
      if (wait) await Promise.all(this.#pending.splice(0));
    }
    await Promise.all(this.#pending);
    for (const socket of this.#sockets) await socket.close();
  }

  #make(index) {
    const { name, socket, receiver, how, newTarget, args } = this.#calls[index % this.#calls.length];
    const target = this.#sockets[socket % this.#sockets.length];
    const callee = Object.hasOwn(addon, name) ? addon[name] : sample[name];
    const self = receiver === 'right' ? target : wrongReceiver(receiver, target);
    const enter = (step) => {
      if (this.#depth >= maximalDepth) return;
      this.#depth += 1;
      this.#make(step);
      this.#depth -= 1;
    };
    const values = args.map((description) => build(description, enter));
    summary.calls += 1;
    let result;
    try {
      if (how === 'call') result = callee.call(self, ...values);
      else result = how === 'new' ? new callee(...values) : Reflect.construct(callee, values, newTargetOf(newTarget));
    } catch (thrown) {
      checkThrown(thrown, name, how);
      return;
    }
    this.#check(name, how, result);
  }

  #check(name, how, result) {
    const { promise, isResult } = shapes[name];
    if (promise) {
      assert(types.isPromise(result), `${name} returned no promise`);
      this.#pending.push(result.then((value) => this.#checkSettled(name, isResult, value)));
      return;
    }
    // With `new`, a result that is not an object is replaced with the new object.
    assert(how === 'call' ? isResult(result) : typeof result === 'object', `${name} returned ${String(result)}`);
    summary.results += 1;
    if (name === 'constructor' && typeof result.close === 'function') this.#sockets.push(result);
    if (name === 'disown' && result === true) summary.disowned += 1;
  }

  #checkSettled(name, isResult, value) {
    if (value?.socket) this.#sockets.push(value.socket);
    assert(isResult(value), `${name} resolved to something else`);
    if (isFailure(value)) summary.refusals += 1;
    else summary.results += 1;
  }
}

function wrongReceiver(choice, socket) {
  const receivers = [
    ...[undefined, null, 1, {}, addon, globalThis],
    ...[Object.create(socket), new Proxy(socket, {}), Object.getPrototypeOf(socket), sample.constructor],
  ];
  return receivers[choice];
}

function newTargetOf(choice) {
  const throwing = new Proxy(function () {}, {
    get() {
      throw thrownByCallers[0];
    },
  });
  return [Object, class extends sample.constructor {}, throwing, sample.constructor.bind(), Map, addon.openSocket][
    choice
  ];
}

const sequences = Number(process.argv[2]);
const sequence = fc.array(call, { minLength: 1, maxLength: 40, size: 'max' });
const fuzz = (numRuns) =>
  fc.assert(
    fc.asyncProperty(sequence, (calls) => new Sequence(calls).run()),
    { numRuns, endOnFailure: true },
  );

await fuzz(20);
await collect();
const round = async () => {
  const disownedBefore = summary.disowned;
  await fuzz(sequences);
  return summary.disowned - disownedBefore;
};
const leakedHandles = await handlesLeftByEach(round, { collect });
await report({ ...summary, leakedHandles });
process.exit(0);

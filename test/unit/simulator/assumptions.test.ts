// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { type AssumptionName, type Assumptions, assumptions } from '../../../src/simulator/model/assumptions.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import type { SimulatedProcess } from '../../../src/simulator/model/process.js';
import { bind, bindNew, openAssociated, refusalOf } from './helpers.js';

/** The setup for testing an assumption: a machine with an elevated process and one that is not elevated. */
interface Stage {
  readonly machine: SimulatedWindows;
  readonly admin: SimulatedProcess;
  readonly user: SimulatedProcess;
}

interface Scenario {
  readonly play: (stage: Stage) => unknown;
  readonly usual: unknown;
  readonly override: number | boolean;
  readonly overridden: unknown;
}

const block = { protocol: 'tcp', startPort: 5000, numberOfPorts: 4 } as const;
const bound = 5001;

/** Expects a refusal with the usual number, and with another number if the assumption says so. */
function number(usual: number, call: (stage: Stage) => unknown): Scenario {
  return { play: (stage) => refusalOf(() => call(stage)), usual, override: 10_099, overridden: 10_099 };
}

/** Expects a refusal, and success if the assumption is 0. */
function outcome(usual: number, call: (stage: Stage) => unknown): Scenario {
  return { play: (stage) => refusalOf(() => call(stage)), usual, override: 0, overridden: 0 };
}

/** Expects success, and a refusal if the assumption is a number. */
function success(call: (stage: Stage) => unknown): Scenario {
  return { play: (stage) => refusalOf(() => call(stage)), usual: 0, override: 10_099, overridden: 10_099 };
}

function rule(usual: boolean, play: (stage: Stage) => boolean): Scenario {
  return { play, usual, override: !usual, overridden: !usual };
}

function create({ admin }: Stage): bigint {
  return admin.createPersistentPortReservation('tcp', 5000, 4);
}

function acquire({ user }: Stage, family: 4 | 6 = 4): { owner: number; token: bigint } {
  const owner = user.openSocket('tcp', family);
  return { owner, token: user.acquirePortReservation(owner, 5000, 4).token };
}

/** A socket bound inside the acquired block, with the ids to end the block. */
function bindInside(stage: Stage): { owner: number; token: bigint; socketId: number } {
  const { owner, token } = acquire(stage);
  const socketId = openAssociated(stage.user, token);
  bind(stage.user, socketId, bound);
  return { owner, token, socketId };
}

function bindInsidePersistent(stage: Stage): number {
  const socketId = openAssociated(stage.admin, create(stage));
  bind(stage.admin, socketId, bound);
  return socketId;
}

function deleteBlock({ admin }: Stage): void {
  admin.deletePersistentPortReservation('tcp', 5000, 4);
}

function isOpen(process: SimulatedProcess, socketId: number): boolean {
  return refusalOf(() => process.acquirePortReservation(socketId, 0, 1)) === 0;
}

const scenarios: Record<AssumptionName, Scenario> = {
  checksArgumentsBeforeElevation: {
    play: ({ user }) => refusalOf(() => user.createPersistentPortReservation('tcp', 0, 0)),
    usual: 87,
    override: false,
    overridden: 5,
  },
  createOverAdministeredExclusion: number(32, (stage) => {
    stage.machine.addExcludedPortRange(block);
    create(stage);
  }),
  createOverOtherReservation: number(32, (stage) => {
    acquire(stage);
    create(stage);
  }),
  createOverUnlistedReservation: outcome(32, (stage) => {
    stage.machine.addUnlistedReservation(block, 10_048);
    create(stage);
  }),
  lookupFindsAdministeredExclusion: rule(false, ({ machine, admin }) => {
    machine.addExcludedPortRange(block);
    let token = 0n;
    const found = refusalOf(() => (token = admin.lookupPersistentPortReservation('tcp', 5000, 4))) === 0;
    return found && bind(admin, openAssociated(admin, token), 0) === 5000;
  }),
  deleteRemovesAdministeredExclusion: rule(false, (stage) => {
    stage.machine.addExcludedPortRange(block);
    refusalOf(() => {
      deleteBlock(stage);
    });
    return stage.machine.excludedPortRanges('tcp').length === 0;
  }),
  deleteWhileBound: success((stage) => {
    bindInsidePersistent(stage);
    deleteBlock(stage);
  }),
  netshDeletesPersistentReservation: rule(false, (stage) => {
    create(stage);
    refusalOf(() => {
      stage.machine.deleteExcludedPortRange(block);
    });
    return stage.machine.excludedPortRanges('tcp').length === 0;
  }),
  deleteUnknownExclusion: number(1168, ({ machine }) => {
    machine.deleteExcludedPortRange(block);
  }),
  deleteUnstarredExclusion: number(5, (stage) => {
    acquire(stage);
    stage.machine.deleteExcludedPortRange(block);
  }),
  excludeOverReservation: number(32, (stage) => {
    create(stage);
    stage.machine.addExcludedPortRange(block);
  }),
  listsPersistentReservations: rule(true, (stage) => {
    create(stage);
    return stage.machine.excludedPortRanges('tcp').length === 1;
  }),
  starsPersistentReservations: rule(false, (stage) => {
    create(stage);
    return stage.machine.excludedPortRanges('tcp').some(({ administered }) => administered);
  }),
  listsRuntimeReservations: rule(true, (stage) => {
    acquire(stage);
    return stage.machine.excludedPortRanges('tcp').length === 1;
  }),
  starsRuntimeReservations: rule(false, (stage) => {
    acquire(stage);
    return stage.machine.excludedPortRanges('tcp').some(({ administered }) => administered);
  }),
  acquireOverPersistentReservation: number(10_048, (stage) => {
    create(stage);
    acquire(stage);
  }),
  acquireOverForeignReservation: number(10_048, (stage) => {
    stage.machine.addForeignReservation(block);
    acquire(stage);
  }),
  acquireOverUnlistedReservation: outcome(10_048, (stage) => {
    stage.machine.addUnlistedReservation(block, 10_013);
    acquire(stage);
  }),
  acquireInvalidBlock: number(10_022, ({ user }) => user.acquirePortReservation(user.openSocket('udp', 4), 0, 0)),
  acquireWithoutFreeRun: number(10_055, ({ user }) => {
    return user.acquirePortReservation(user.openSocket('tcp', 4), 0, 9);
  }),
  acquireAfterBind: success(({ user }) => user.acquirePortReservation(bindNew(user, 80), 0, 1)),
  guestPortReservationsAreEnumerated: rule(true, ({ machine, admin }) => {
    machine.addUnlistedReservation(block, 10_013);
    return machine.guestPortReservations(admin).length === 1;
  }),
  guestPortReservationsUnelevated: outcome(0x80070005, ({ machine, user }) => machine.guestPortReservations(user)),
  associateAfterBind: outcome(10_022, (stage) => {
    const { token } = acquire(stage);
    stage.user.associatePortReservation(bindNew(stage.user, 80), token);
  }),
  associateTwice: outcome(10_022, (stage) => {
    const { token } = acquire(stage);
    stage.user.associatePortReservation(openAssociated(stage.user, token), token);
  }),
  associateUnknownToken: number(10_022, ({ user }) => openAssociated(user, 0n)),
  associateTokenOfAnotherProcess: number(10_022, (stage) => openAssociated(stage.admin, acquire(stage).token)),
  associateOtherProtocol: number(10_022, (stage) => {
    stage.user.associatePortReservation(stage.user.openSocket('udp', 4), acquire(stage).token);
  }),
  associateOtherFamily: success((stage) => openAssociated(stage.user, acquire(stage, 6).token)),
  releaseUnknownToken: number(10_022, ({ user }) => {
    user.releasePortReservation(user.openSocket('tcp', 4), 0n);
  }),
  releaseTokenOfAnotherProcess: number(10_022, (stage) => {
    stage.admin.releasePortReservation(stage.admin.openSocket('tcp', 4), acquire(stage).token);
  }),
  releasePersistentToken: number(10_022, (stage) => {
    stage.admin.releasePortReservation(stage.admin.openSocket('tcp', 4), create(stage));
  }),
  releaseOtherProtocol: number(10_022, (stage) => {
    stage.user.releasePortReservation(stage.user.openSocket('udp', 4), acquire(stage).token);
  }),
  releaseWhileBound: success((stage) => {
    const { owner, token } = bindInside(stage);
    stage.user.releasePortReservation(owner, token);
  }),
  boundSocketsSurviveOwnerClose: rule(true, (stage) => {
    const { owner, socketId } = bindInside(stage);
    stage.user.closeSocket(owner);
    return isOpen(stage.user, socketId);
  }),
  boundSocketsSurviveRelease: rule(true, (stage) => {
    const { owner, token, socketId } = bindInside(stage);
    stage.user.releasePortReservation(owner, token);
    return isOpen(stage.user, socketId);
  }),
  boundSocketsSurviveDelete: rule(true, (stage) => {
    const socketId = bindInsidePersistent(stage);
    deleteBlock(stage);
    return isOpen(stage.admin, socketId);
  }),
  bindInsidePersistentReservation: outcome(10_013, (stage) => {
    create(stage);
    bindNew(stage.admin, 5000);
  }),
  bindInsideRuntimeReservation: outcome(10_013, (stage) => {
    acquire(stage);
    bindNew(stage.admin, 5000);
  }),
  bindInsideOwnRuntimeReservation: outcome(10_013, (stage) => {
    acquire(stage);
    bindNew(stage.user, 5000);
  }),
  reservationsCoverBothFamilies: rule(true, (stage) => {
    acquire(stage, 6);
    return refusalOf(() => bindNew(stage.admin, 5000)) !== 0;
  }),
  wildcardAndSpecificBindsCoexist: rule(true, ({ user }) => {
    const [wildcard, specific] = [['0.0.0.0'], ['127.0.0.1']];
    const bindTo = (port: number, addresses: string[]) => {
      const socketId = user.openSocket('tcp', 4);
      return refusalOf(() => {
        for (const candidate of user.bindCandidates(socketId, port, addresses)) {
          user.confirmBind(socketId, candidate, addresses);
          return;
        }
      });
    };
    const outcomes = [bindTo(80, wildcard), bindTo(80, specific), bindTo(81, specific), bindTo(81, wildcard)];
    expect([outcomes[0], outcomes[2]]).toEqual([0, 0]);
    expect(bindTo(80, ['::1'])).toBe(0);
    expect([bindTo(80, wildcard), bindTo(81, specific)]).toEqual([10_048, 10_048]);
    expect(new Set([outcomes[1], outcomes[3]]).size).toBe(1);
    return outcomes[1] === 0;
  }),
  bindOutsideAssociatedBlock: outcome(10_022, (stage) => {
    bind(stage.user, openAssociated(stage.user, acquire(stage).token), 5004);
  }),
  bindInFullBlock: number(10_055, (stage) => {
    const { token } = acquire(stage);
    for (let count = 0; count <= block.numberOfPorts; count++) bind(stage.user, openAssociated(stage.user, token), 0);
  }),
  bindAfterReservationEnded: outcome(10_022, (stage) => {
    const { owner, token } = acquire(stage);
    const socketId = openAssociated(stage.user, token);
    stage.user.closeSocket(owner);
    bind(stage.user, socketId, 0);
  }),
  bindWithoutFreeDynamicPort: number(10_055, ({ user }) => {
    for (let count = 0; count <= 8; count++) bindNew(user, 0);
  }),
  portZeroSkipsReservations: rule(true, ({ machine, admin, user }) => {
    admin.createPersistentPortReservation('tcp', 50_000, 2);
    machine.addForeignReservation({ protocol: 'tcp', startPort: 50_002, numberOfPorts: 2 });
    return refusalOf(() => bindNew(user, 0)) === 0;
  }),
};

function stageOf(overrides: Partial<Assumptions>): Stage {
  const machine = new SimulatedWindows({
    dynamicRange: { startPort: 50_000, numberOfPorts: 8 },
    assumptions: overrides,
  });
  return { machine, admin: machine.startProcess(), user: machine.startProcess({ elevated: false }) };
}

describe.each(Object.entries(scenarios))('the assumption %s', (name, scenario) => {
  const entry = Object.entries(assumptions).find(([key]) => key === name)?.[1];

  it(`is followed: ${entry?.statement ?? ''}`, () => {
    expect(scenario.play(stageOf({}))).toBe(scenario.usual);
  });

  it('is replaced by the override of a test', () => {
    expect(scenario.play(stageOf({ [name]: scenario.override }))).toBe(scenario.overridden);
  });
});

describe('the list of assumptions', () => {
  it('gives for each its evidence and a way to answer it, in whole sentences', () => {
    for (const { statement, standsOn, probe } of Object.values(assumptions)) {
      expect(statement).toMatch(/^(?:[A-Z]|netsh ).*\.$/);
      expect(standsOn).not.toBe('');
      expect(probe).toMatch(/^[A-Z].*[.?]$/);
    }
  });

  it('is used by a machine without overrides', () => {
    const values = Object.entries(assumptions).map(([name, { value }]) => [name, value]);
    expect(new SimulatedWindows().assumptions).toEqual(Object.fromEntries(values));
  });

  it.each([
    ['an unknown name', { associateThrice: 0 }, 'there is no assumption named associateThrice'],
    ['a number for a rule', { portZeroSkipsReservations: 0 }, 'portZeroSkipsReservations: expected true or false'],
    ['0 for a refusal', { bindInFullBlock: 0 }, 'bindInFullBlock: expected an error number, 1 or above'],
    [
      'a boolean for an outcome',
      { associateTwice: true },
      'associateTwice: expected an error number, or 0 for success',
    ],
  ])('cannot be overridden with %s', (_, overrides, message) => {
    expect(() => new SimulatedWindows({ assumptions: overrides as Partial<Assumptions> })).toThrow(message);
  });
});

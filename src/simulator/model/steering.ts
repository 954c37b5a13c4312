// SPDX-License-Identifier: MIT
import type { CallPlan } from './call-plan.js';

/** Plans what happens to the next calls and tokens of a machine, for tests. */
export abstract class Steering {
  /** @internal */
  protected abstract get plans(): {
    readonly nextTokens: bigint[];
    readonly failures: CallPlan;
    readonly delays: CallPlan;
  };

  /**
   * Sets the tokens to issue next, before random ones, for example to test that a program does not round them. A token
   * that is in use when its turn comes is skipped.
   *
   * @param tokens 1 to 2 ** 64 - 1 each; 0 is INVALID_PORT_RESERVATION_TOKEN.
   * @throws RangeError for other values.
   */
  useTokens(...tokens: bigint[]): void {
    for (const token of tokens) {
      if (token < 1n || token >= 2n ** 64n) throw new RangeError(`${token} is not a token: expected 1 to 2 ** 64 - 1`);
    }
    this.plans.nextTokens.push(...tokens);
  }

  /**
   * Makes the next calls with this name fail before any rule is applied.
   *
   * @param call the name as CallFailure has it, for example `bind`.
   * @param errorNumber 1 or above.
   * @param times how many calls, 1 or above.
   */
  failNext(call: string, errorNumber: number, times = 1): void {
    this.plans.failures.add(call, errorNumber, times);
  }

  /**
   * Delays the next calls with this name.
   *
   * @param call the name as CallFailure has it, for example `bind`.
   * @param milliseconds 1 or above.
   * @param times how many calls, 1 or above.
   */
  delayNext(call: string, milliseconds: number, times = 1): void {
    this.plans.delays.add(call, milliseconds, times);
  }

  /**
   * Takes the error number that {@link SimulatedWindows.failNext} planned for a call. Adapters call it once per call.
   */
  takeFailure(call: string): number | undefined {
    return this.plans.failures.take(call);
  }

  /**
   * Takes the milliseconds that {@link SimulatedWindows.delayNext} planned for a call, or 0. Adapters call it once per
   * call.
   */
  takeDelay(call: string): number {
    return this.plans.delays.take(call) ?? 0;
  }
}

// SPDX-License-Identifier: MIT
import { addExcludedPortRange, deleteExcludedPortRange } from '../calls/excluded-port-ranges.js';
import { listPortOwners } from '../calls/port-owners.js';
import { packageError } from '../common/errors.js';
import type { PortBlock } from '../common/ports.js';
import { advisedCommand } from '../common/advised-command.js';
import { contains, portsText } from '../common/port-ranges.js';
import { isListening } from '../explain/facts/facts.js';
import { forPorts } from './for-ports.js';
import type { Guard } from './guard.js';
import type { ProtectionPlan, ProtectionStep } from './plan.js';
import { recordProtection } from './records.js';
import type { MachineTools } from './tools.js';
import { verifyProtection } from './verify.js';
import { waitFor } from './wait.js';
import { bringBackService, stopService } from './winnat.js';

/** A step of a protection that begins, or that is waited for. */
export interface ProtectionProgress {
  readonly step: ProtectionStep;
  /** 0 when the step begins. */
  readonly waitedMs: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((progress: ProtectionProgress) => void) | undefined;
}

/**
 * Runs a plan. WinNAT is started again in any case: by this process, or by the guard if this process cannot. A plan that
 * fails or is aborted leaves no exclusion behind.
 */
export async function runPlan(plan: ProtectionPlan, tools: MachineTools, options: RunOptions): Promise<void> {
  const { block } = plan;
  await forPorts(block, `${block.protocol} ${portsText(block)} is not protected.`, () =>
    protectAsPlanned(plan, tools, options),
  );
}

async function protectAsPlanned(
  { block, stopsWinNat, steps }: ProtectionPlan,
  tools: MachineTools,
  options: RunOptions,
): Promise<void> {
  const reporter = new Reporter(options);
  const made: PortBlock[] = [];
  reporter.check();
  const forget = await recordProtection(
    block,
    steps.flatMap((step) => step.block ?? []),
  );
  try {
    const exclude = (): Promise<void> => excludeBlocks(steps, made, reporter);
    await (stopsWinNat ? whileWinNatIsStopped(steps, tools, reporter, exclude) : exclude());
    reporter.begin(steps, 'verify');
    await verifyProtection(block);
    reporter.check();
  } catch (error) {
    await takeBack(made, error);
    await forget();
    throw error;
  }
}

async function whileWinNatIsStopped(
  steps: readonly ProtectionStep[],
  tools: MachineTools,
  reporter: Reporter,
  exclude: () => Promise<void>,
): Promise<void> {
  const { winNat } = tools;
  reporter.begin(steps, 'guard');
  const guard = await tools.startGuard(winNat);
  try {
    if (reporter.begin(steps, 'shut-down-wsl')) await tools.shutDownWsl(reporter.signal);
    const stop = reporter.begin(steps, 'stop-winnat');
    await stopService(tools, winNat, { signal: reporter.signal, onWait: reporter.waiting(stop) });
    await exclude();
  } finally {
    await startAgain(steps, tools, guard, reporter);
  }
}

/** Goes on when the signal aborts: nothing is more urgent. */
async function startAgain(
  steps: readonly ProtectionStep[],
  tools: MachineTools,
  guard: Guard,
  reporter: Reporter,
): Promise<void> {
  const start = reporter.announce(steps, 'start-winnat');
  try {
    await bringBackService(tools, tools.winNat, { onWait: reporter.waiting(start) });
  } catch (error) {
    guard.leave();
    throw error;
  }
  await guard.dismiss();
}

async function excludeBlocks(steps: readonly ProtectionStep[], made: PortBlock[], reporter: Reporter): Promise<void> {
  for (const step of steps) {
    if (step.block === undefined) continue;
    reporter.begin([step], 'exclude');
    await addExcludedPortRange(step.block);
    made.push(step.block);
  }
  reporter.check();
}

/** How long a user may take to start the program. WSL, Docker and virtual machines have no network meanwhile. */
const programLimitMs = 10 * 60_000;

/**
 * Stops WinNAT, waits until programs listen on all ports of the block, and starts WinNAT again in any case, which takes no
 * port that is in use. Nothing is excluded.
 *
 * @returns False if no program listened in time.
 */
export async function runPlanJustNow(plan: ProtectionPlan, tools: MachineTools, options: RunOptions): Promise<boolean> {
  const { block, steps } = plan;
  const reporter = new Reporter(options);
  let isUsed: true | undefined;
  const wait = async (): Promise<void> => {
    const step = reporter.begin(steps, 'wait-for-program');
    isUsed = await waitFor(
      async () => {
        reporter.check();
        return (await isListenedOn(block)) ? true : undefined;
      },
      { clock: tools.clock, limitMs: programLimitMs, signal: reporter.signal, onWait: reporter.waiting(step) },
    );
  };
  await forPorts(block, `${block.protocol} ${portsText(block)} was not freed.`, () =>
    whileWinNatIsStopped(steps, tools, reporter, wait),
  );
  reporter.check();
  return isUsed ?? false;
}

async function isListenedOn(block: PortBlock): Promise<boolean> {
  const owners = await listPortOwners({ protocol: block.protocol, details: false });
  const used = new Set(owners.filter(isListening).map(({ port }) => port));
  return [...used].filter((port) => contains(block, port)).length === block.numberOfPorts;
}

/** @param cause - Why the exclusions are not to stay. */
async function takeBack(made: readonly PortBlock[], cause: unknown): Promise<void> {
  for (const block of made) {
    try {
      await deleteExcludedPortRange(block);
    } catch (error) {
      const { protocol, startPort, numberOfPorts } = block;
      const command = advisedCommand(`exclude delete ${protocol} ${startPort} ${numberOfPorts}`);
      const reason = [cause, error].map((each) => (each instanceof Error ? each.message : String(each))).join(' ');
      throw packageError(
        'ERR_NOT_PROTECTED',
        `${reason} ${protocol} ${portsText(block)} is still excluded; delete that exclusion in an elevated shell: ${command}`,
        { ...block, cause },
      );
    }
  }
}

/** Tells the caller what happens. An error of the callback counts as a failure of the step, once WinNAT runs. */
class Reporter {
  readonly signal: AbortSignal | undefined;
  readonly #onStep: RunOptions['onStep'];
  #thrown: { readonly error: unknown } | undefined;

  constructor({ signal, onStep }: RunOptions) {
    this.signal = signal;
    this.#onStep = onStep;
  }

  /** Announces a step if it is planned, and throws if the caller has had enough. */
  begin(steps: readonly ProtectionStep[], action: ProtectionStep['action']): ProtectionStep | undefined {
    const step = this.announce(steps, action);
    this.check();
    return step;
  }

  announce(steps: readonly ProtectionStep[], action: ProtectionStep['action']): ProtectionStep | undefined {
    const step = steps.find((each) => each.action === action);
    if (step) this.#report({ step, waitedMs: 0 });
    return step;
  }

  waiting(step: ProtectionStep | undefined): (waitedMs: number) => void {
    return (waitedMs) => {
      if (step && waitedMs > 0) this.#report({ step, waitedMs });
    };
  }

  check(): void {
    this.signal?.throwIfAborted();
    if (this.#thrown) throw this.#thrown.error;
  }

  #report(progress: ProtectionProgress): void {
    try {
      this.#onStep?.(progress);
    } catch (error) {
      this.#thrown ??= { error };
    }
  }
}

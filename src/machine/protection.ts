// SPDX-License-Identifier: MIT
import { listExcludedPortRanges } from '../calls/excluded-port-ranges.js';
import { errorCodes } from '../common/error-codes.js';
import { PortReservationError } from '../common/errors.js';
import type { ExcludedPortRange, PortBlock } from '../common/ports.js';
import { portsText } from '../common/port-ranges.js';
import { isElevated } from '../windows/binding.js';
import { forPorts } from './for-ports.js';
import { lookAtPorts, type PortsLook } from './look.js';
import { isWinNat } from './obstacles.js';
import { planProtection, type PlanOptions, type ProtectionPlan } from './plan.js';
import { isSame } from './port-parts.js';
import type { ProtectedPorts, ProtectPortsOptions } from './protected-ports.js';
import { notOfWinNat, refusalOf, winNatError } from './refusal.js';
import { runPlan, type RunOptions } from './run-plan.js';
import type { MachineTools } from './tools.js';
import { verifyProtection } from './verify.js';
import { waitFor } from './wait.js';
import { whatIsCut } from './what-is-cut.js';
import { stateOf } from './winnat.js';

/** WinNAT takes new blocks when it starts, or when it needs some. */
const newBlocksLimitMs = 5000;

/** A protection that can be made, if the caller allows what it takes. */
export interface PreparedProtection {
  readonly look: PortsLook;
  readonly plan: ProtectionPlan;
}

/**
 * Looks at the ports and plans their protection, without changing anything.
 *
 * @throws {@link PortReservationError} ERR_PORTS_TAKEN where they cannot be excluded even with WinNAT stopped.
 */
export async function prepareProtection(
  block: PortBlock,
  tools: MachineTools,
  options: Omit<PlanOptions, 'cost'>,
): Promise<PreparedProtection> {
  const seen = await lookAtPorts(block);
  // An exclusion that ends with the next restart is as good as any for now.
  const look = options.justNow === true ? { ...seen, unstored: [] } : seen;
  const refusal = refusalOf(look);
  if (refusal) throw refusal;
  if (!look.obstacles.some(isWinNat)) return { look, plan: planProtection(look, { ...options, cost: undefined }) };
  if (!(await isInstalledAndOn(tools))) throw notOfWinNat(look);
  const cost = await forPorts(
    block,
    `${block.protocol} ${portsText(block)} is not protected; nothing was changed.`,
    () => whatIsCut(tools),
  );
  return { look, plan: planProtection(look, { ...options, cost }) };
}

/** Whether WinNAT runs, or starts or stops at this moment. */
async function isInstalledAndOn({ services, winNat }: MachineTools): Promise<boolean> {
  const state = await stateOf(services, winNat);
  return state !== undefined && state !== 'stopped';
}

/** Makes a protection that was prepared. */
export async function makeProtection(
  { look, plan }: PreparedProtection,
  tools: MachineTools,
  options: RunOptions,
): Promise<ProtectedPorts> {
  const { block } = plan;
  const { protocol } = block;
  if (plan.isProtected) {
    await verifyProtection(block);
    return { ...block, excluded: [], restartedWinNat: false, freed: [], takenInstead: [], startAgain: [] };
  }
  const before = await listExcludedPortRanges({ protocol });
  await runPlan(plan, tools, options);
  const freed = look.obstacles.filter(isWinNat).map(({ range }) => range);
  return {
    ...block,
    excluded: look.missing,
    restartedWinNat: plan.stopsWinNat,
    freed,
    takenInstead: plan.stopsWinNat ? await findNewRanges(before, block, tools) : [],
    startAgain: plan.cutOff.flatMap(({ startAgain }) => startAgain ?? []),
  };
}

/** Prepares and makes a protection; the caller has consented in advance. */
export async function protect(
  block: PortBlock,
  { stopWinNat = false, shutDownWsl = true, signal, onStep }: ProtectPortsOptions,
  tools: MachineTools,
): Promise<ProtectedPorts> {
  signal?.throwIfAborted();
  const prepared = await prepareProtection(block, tools, { shutDownWsl });
  signal?.throwIfAborted();
  if (!prepared.plan.isProtected) checkElevated(block, 'protect');
  if (prepared.plan.stopsWinNat && !stopWinNat) throw winNatError(prepared.look, prepared.plan.cutOff);
  return makeProtection(prepared, tools, { signal, onStep });
}

/** @throws {@link PortReservationError} ERROR_ACCESS_DENIED */
export function checkElevated(block: PortBlock, verb: string): void {
  if (isElevated()) return;
  const { errorNumber, hint } = errorCodes.ERROR_ACCESS_DENIED;
  throw new PortReservationError(
    `Only an elevated process can ${verb} ports [${block.protocol} ${portsText(block)}]; nothing was changed.`,
    { ...block, code: 'ERROR_ACCESS_DENIED', errno: errorNumber, hint },
  );
}

async function findNewRanges(
  before: readonly ExcludedPortRange[],
  { protocol }: PortBlock,
  { clock }: MachineTools,
): Promise<readonly ExcludedPortRange[]> {
  const found = await waitFor(
    async () => {
      const ranges = await listExcludedPortRanges({ protocol });
      const fresh = ranges.filter((range) => !range.administered && !before.some((other) => isSame(range, other)));
      return fresh.length > 0 ? fresh : undefined;
    },
    { clock, limitMs: newBlocksLimitMs },
  );
  return found ?? [];
}

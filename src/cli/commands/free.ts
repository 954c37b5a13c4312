// SPDX-License-Identifier: MIT
import { printable } from '../../common/printable.js';
import { barePortName, ownerName } from '../../explain/answer/words.js';
import type { FreedPort } from '../../machine/freed-port.js';
import { planFreeing, runFreeing, type FreeingPlan, type PortToFree } from '../../machine/freeing.js';
import { systemTools } from '../../machine/system-tools.js';
import { interruptible } from '../interruptions.js';
import { styleFor, type Outcome, type Streams, type Style } from '../outcome.js';
import { ownerLines } from '../owner-text.js';
import { askForYes, canAsk } from '../question.js';

export interface FreeOptions {
  readonly tree?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export async function free(
  port: PortToFree,
  { tree = false, yes = false, dryRun = false }: FreeOptions,
  streams: Streams,
): Promise<Outcome> {
  const plan = await planFreeing(port);
  if (plan.owners.length === 0) return freedOutcome({ ...port, owners: [], endedProcessIds: [], stoppedServices: [] });
  if (dryRun) return planOutcome(plan, tree);
  if (!yes) await askForConsent(plan, tree, streams);
  return freedOutcome(await interruptible((signal) => runFreeing(plan, systemTools, { tree, signal })));
}

async function askForConsent(plan: FreeingPlan, tree: boolean, streams: Streams): Promise<void> {
  if (!canAsk(streams)) {
    throw notConfirmed(`${actionText(plan, tree)}? Nothing was ended: there is no terminal to ask in. Add --yes.`);
  }
  const question = [
    ...planLines(plan, styleFor(streams.stderr)),
    `${actionText(plan, tree)}? Unsaved data is lost.`,
  ].join('\n');
  if (!(await askForYes(question, streams))) throw notConfirmed('Nothing was ended.');
}

function notConfirmed(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_NOT_CONFIRMED' });
}

/** `End node.exe (process 4711)`. */
function actionText({ processes, services }: FreeingPlan, tree: boolean): string {
  const names = processes.map(({ owner }) => printable(ownerName(owner)));
  const started = tree ? ' and everything that it started' : '';
  return [
    ...(names.length > 0 ? [`End ${names.join(', ')}${started}`] : []),
    ...services.map((name) => `Stop the service ${printable(name)}`),
  ].join('. ');
}

function planLines(plan: FreeingPlan, style: Style): string[] {
  const distinct = new Map(plan.owners.map((owner) => [owner.processId, owner]));
  return [`${barePortName(plan)} is used by:`, ...[...distinct.values()].flatMap((owner) => ownerLines(owner, style))];
}

function planOutcome(plan: FreeingPlan, tree: boolean): Outcome {
  const { protocol, port, owners, processes, services } = plan;
  return {
    data: {
      ...{ dryRun: true, protocol, port, owners, tree },
      endedProcessIds: processes.map(({ processId }) => processId),
      stoppedServices: services,
    },
    text: (style) =>
      `${[...planLines(plan, style), `would be done: ${actionText(plan, tree)}.`, 'Nothing was changed.'].join('\n')}\n`,
  };
}

function freedOutcome(freed: FreedPort): Outcome {
  const { protocol, port, owners, endedProcessIds, stoppedServices } = freed;
  return {
    data: { protocol, port, owners, endedProcessIds, stoppedServices },
    text: (style) => {
      const [word, ...done] =
        owners.length === 0
          ? ['free already:']
          : [
              'free now:',
              ...(endedProcessIds.length > 0 ? [`ended process ${endedProcessIds.join(', ')}`] : []),
              ...stoppedServices.map((name) => `stopped the service ${printable(name)}`),
            ];
      return `${style('green', word)} ${[barePortName({ protocol, port }), ...done].join('; ')}\n`;
    },
  };
}

// SPDX-License-Identifier: MIT
import { portsText } from '../../common/port-ranges.js';
import type { PortBlock } from '../../common/ports.js';
import type { PreparedProtection } from '../../machine/protection.js';
import { checkElevated, makeProtection, prepareProtection } from '../../machine/protection.js';
import type { ProtectedPorts } from '../../machine/protected-ports.js';
import type { ProtectionPlan } from '../../machine/plan.js';
import { winNatError } from '../../machine/refusal.js';
import { runPlanJustNow } from '../../machine/run-plan.js';
import { systemTools } from '../../machine/system-tools.js';
import { findExclusionsToDelete, unprotect as unprotectPorts } from '../../machine/unprotection.js';
import { isElevated } from '../../windows/binding.js';
import { runElevated } from '../elevated-run.js';
import { exitCodes } from '../exit-codes.js';
import { interruptible } from '../interruptions.js';
import { mainFile } from '../main-file.js';
import { styleFor, type Outcome, type Streams, type Style } from '../outcome.js';
import { blockText } from '../ports-text.js';
import { progressPrinter } from '../progress.js';
import { askForYes, canAsk } from '../question.js';
import { wrap } from '../wrap.js';

/** @param given - Switches of the command line. */
export async function protect(block: PortBlock, given: ReadonlySet<string>, streams: Streams): Promise<Outcome> {
  const justNow = given.has('just-now');
  const flags = ['just-now', 'keep-wsl'].filter((flag) => given.has(flag)).map((flag) => `--${flag}`);
  const prepare = () => prepareProtection(block, systemTools, { shutDownWsl: !given.has('keep-wsl'), justNow });
  let prepared = await prepare();
  if (given.has('dry-run')) return planOutcome(prepared, justNow);
  if (justNow && prepared.plan.steps.length === 0) return usableOutcome(block, prepared.plan, true);
  const needsElevation = prepared.plan.steps.length > 0 && !isElevated();
  if (needsElevation && !given.has('elevate')) checkElevated(block, justNow ? 'stop WinNAT for' : 'protect');
  if (!given.has('stop-winnat')) prepared = await askForConsent(prepared, prepare, streams, flags);
  const { plan } = prepared;
  if (needsElevation) {
    const allowed = plan.stopsWinNat ? [...flags, '--stop-winnat'] : flags;
    const document = await runElevated(mainFile(), ['protect', ...wordsOf(block), ...allowed]);
    return justNow
      ? usableOutcome(block, plan, document['used'] === true)
      : protectedOutcome(document as unknown as ProtectedPorts);
  }
  const onStep = progressPrinter(streams);
  return interruptible(async (signal) =>
    justNow
      ? usableOutcome(block, plan, await runPlanJustNow(plan, systemTools, { signal, onStep }))
      : protectedOutcome(await makeProtection(prepared, systemTools, { signal, onStep })),
  );
}

/** @param given - Switches of the command line. */
export async function unprotect(block: PortBlock, given: ReadonlySet<string>): Promise<Outcome> {
  const force = given.has('force');
  if (given.has('dry-run')) {
    const excluded = await findExclusionsToDelete(block, force);
    return {
      data: { dryRun: true, ...block, excluded },
      text: () => `would end the exclusion of ${excluded.map(blockText).join(', ')}; nothing was changed\n`,
    };
  }
  if (isElevated() || !given.has('elevate')) return unprotectedOutcome(block, await unprotectPorts(block, force));
  await findExclusionsToDelete(block, force);
  const document = await runElevated(mainFile(), ['unprotect', ...wordsOf(block), ...(force ? ['--force'] : [])]);
  return unprotectedOutcome(block, document['excluded'] as readonly PortBlock[]);
}

/**
 * Asks whether WinNAT may be stopped, where it has to be. The user may take a long time to answer, so it looks again, and
 * asks again if there is more to lose by then.
 */
async function askForConsent(
  prepared: PreparedProtection,
  prepare: () => Promise<PreparedProtection>,
  streams: Streams,
  flags: readonly string[],
): Promise<PreparedProtection> {
  const { look, plan } = prepared;
  if (!plan.stopsWinNat) return prepared;
  const isAllowed = canAsk(streams) && (await askForYes(consentText(prepared, styleFor(streams.stderr)), streams));
  if (!isAllowed) throw winNatError(look, plan.cutOff, flags);
  const now = await prepare();
  const known = new Set(plan.cutOff.map(({ name }) => name));
  return now.plan.cutOff.every(({ name }) => known.has(name)) ? now : askForConsent(now, prepare, streams, flags);
}

function wordsOf({ protocol, startPort, numberOfPorts }: PortBlock): (string | number)[] {
  return [protocol, startPort, numberOfPorts];
}

function unprotectedOutcome(block: PortBlock, excluded: readonly PortBlock[]): Outcome {
  return {
    data: { ...block, excluded },
    text: (style) => `${style('green', 'no longer protected:')} ${excluded.map(blockText).join(', ')}\n`,
  };
}

/** @param used - False if no program listened in time. */
function usableOutcome(block: PortBlock, { stopsWinNat, cutOff }: ProtectionPlan, used: boolean): Outcome {
  const { protocol, startPort, numberOfPorts } = block;
  const startAgain = cutOff.flatMap((each) => each.startAgain ?? []);
  return {
    data: {
      ...{ justNow: true, protocol, startPort, numberOfPorts, excluded: [], restartedWinNat: stopsWinNat },
      ...{ freed: [], takenInstead: [], startAgain, used },
    },
    text: (style) => {
      const lines = !stopsWinNat
        ? [
            `${style('green', 'not in a block of WinNAT:')} ${blockText(block)}`,
            ...wrap('Start your program.', style, '  '),
          ]
        : used
          ? [`${style('green', 'in use now:')} ${blockText(block)}`, ...wrap(untilRestart, style, '  ')]
          : [`${style('red', 'not used:')} ${blockText(block)}`, ...wrap(unused, style, '  ')];
      return `${[...lines, ...startAgainLines(startAgain, style)].join('\n')}\n`;
    },
    exitCode: used ? exitCodes.done : exitCodes.no,
  };
}

const untilRestart =
  'WinNAT runs again, and takes no port that is in use. Once your program has ended, WinNAT may take the ports again.';
const unused =
  'No program listened within 10 minutes. WinNAT runs again. Repeat the command, and start your program while it waits.';

function startAgainLines(startAgain: readonly string[], style: Style): string[] {
  if (startAgain.length === 0) return [];
  return [style('bold', 'now start again:'), ...startAgain.flatMap((what) => wrap(what, style, '  - '))];
}

function protectedOutcome(done: ProtectedPorts): Outcome {
  const { protocol, startPort, numberOfPorts, excluded, restartedWinNat, freed, takenInstead, startAgain } = done;
  const data = {
    ...{ protocol, startPort, numberOfPorts, excluded },
    ...{ restartedWinNat, freed, takenInstead, startAgain },
  };
  return { data, text: (style) => `${protectedLines(done, style).join('\n')}\n` };
}

function protectedLines(done: ProtectedPorts, style: Style): string[] {
  const { excluded, restartedWinNat, freed, takenInstead, startAgain } = done;
  if (excluded.length === 0) return [`${style('green', 'protected already:')} ${blockText(done)}`];
  const lines = [
    `${style('green', 'protected')} ${blockText(done)}`,
    ...wrap(
      'Windows, Hyper-V, WSL and Docker leave it alone from now on, and any program can listen on it.',
      style,
      '  ',
    ),
  ];
  if (restartedWinNat) {
    const where = takenInstead.length === 0 ? 'no new block yet' : takenInstead.map(portsText).join(', ');
    lines.push(
      ...wrap(`WinNAT runs again. It had ${freed.map(portsText).join(', ')}, and now has ${where}.`, style, '  '),
    );
  }
  return [...lines, ...startAgainLines(startAgain, style)];
}

function planOutcome({ look, plan }: PreparedProtection, justNow: boolean): Outcome {
  const { block, steps, stopsWinNat, cutOff } = plan;
  const { protocol, startPort, numberOfPorts } = block;
  return {
    data: {
      dryRun: true,
      ...{ protocol, startPort, numberOfPorts },
      ...{ steps, stopsWinNat },
      cutOff: cutOff.map(({ name }) => name),
      elevated: isElevated(),
    },
    text: (style) => {
      if (justNow && steps.length === 0) return usableOutcome(block, plan, true).text(style);
      if (plan.isProtected) return `${style('green', 'protected already:')} ${blockText(block)}\n`;
      const lines = [
        style(
          'bold',
          `${justNow ? 'to use' : 'to protect'} ${blockText(block)}${justNow ? ' just now' : ''}, these steps would be taken:`,
        ),
        ...steps.flatMap(({ text }, index) => wrap(text, style, `${index + 1}. `.padStart(5))),
        ...(stopsWinNat ? cutOffLines({ look, plan }, style) : []),
        'Nothing was changed.',
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}

function consentText(prepared: PreparedProtection, style: Style): string {
  const { block } = prepared.plan;
  return [
    ...wrap(`${blockText(block)} lies in a block of WinNAT, which has to be stopped for a moment.`, style),
    ...cutOffLines(prepared, style),
    'Stop WinNAT and start it again?',
  ].join('\n');
}

/** Says what is lost for a moment or for good, and how to do without. */
function cutOffLines({ plan: { cutOff, shutsDownWsl } }: PreparedProtection, style: Style): string[] {
  const seen =
    cutOff.length === 0
      ? wrap('No WSL distribution, container or virtual machine was seen running.', style)
      : ['This cuts off, as far as the list of processes shows:', ...cutOff.map(({ name }) => `  - ${name}`)];
  const wsl = shutsDownWsl
    ? wrap('WSL is shut down: programs in it end. --keep-wsl leaves it running, without network.', style)
    : [];
  return [...seen, ...wsl];
}

// SPDX-License-Identifier: MIT
import type { PortAdvice, PortExplanation } from './port-explanation.js';
import { printable } from '../common/printable.js';
import { adviceOf } from './answer/advice.js';
import { diagnose } from './answer/diagnosis.js';
import { evidenceOf } from './answer/evidence.js';
import type { PortFacts, PortQuestion } from './facts/facts.js';
import { gatherFacts, type GatherOptions } from './facts/gather-facts.js';
import { sentenceOf } from './answer/sentence.js';

// Each module that is imported when a question comes is a file to load.
export { readError, readOptions } from './facts/question.js';

/** Answers a question about a port. */
export async function explain(question: PortQuestion, options?: GatherOptions): Promise<PortExplanation> {
  return explainFacts(await gatherFacts(question, options));
}

/** Turns facts into an explanation. A pure function. */
export function explainFacts(facts: PortFacts): PortExplanation {
  const diagnosis = diagnose(facts);
  const { bindable, cause, certainty, owners, range } = diagnosis;
  const { host, port, protocol } = facts;
  return {
    protocol,
    port,
    ...(host !== undefined && { host }),
    cause,
    bindable,
    certainty,
    sentence: printable(sentenceOf(diagnosis, facts)),
    ...(range && { range }),
    owners,
    evidence: evidenceOf(facts).map(({ source, finding }) => ({
      source: printable(source),
      finding: printable(finding),
    })),
    advice: adviceOf(diagnosis, facts).map(printableAdvice),
  };
}

export function printableAdvice({ text, commands, ...advice }: PortAdvice): PortAdvice {
  return { ...advice, text: printable(text), ...(commands && { commands: commands.map(printable) }) };
}

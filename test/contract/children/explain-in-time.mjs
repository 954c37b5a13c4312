// SPDX-License-Identifier: MIT
import { explainPort } from 'win-port-reservation';

/**
 * Explains a port, and again as long as the machine is too busy to answer every question within the limit of an explanation.
 *
 * @type {typeof explainPort}
 */
export async function explainInTime(options) {
  for (;;) {
    const explanation = await explainPort(options);
    const isLate = ({ finding }) => /There was no (answer in|time left)/.test(finding);
    if (!explanation.evidence.some(isLate)) return explanation;
  }
}

// SPDX-License-Identifier: MIT

/**
 * Measures tasks side by side, in rounds, so that other load on the machine affects all of them. Each round reverses
 * the order. The warm-up rounds come first, have negative numbers, and do not count.
 *
 * @template Task, Value
 * @param {Record<string, Task>} tasks
 * @param {(task: Task, round: number) => Value | Promise<Value>} measure
 * @param {{ rounds: number, warmUps?: number }} options
 * @returns {Promise<Record<string, Value[]>>} The values of the rounds, for each task.
 */
export async function inRounds(tasks, measure, { rounds, warmUps = 0 }) {
  const results = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round += 1) {
    const order = Object.entries(tasks);
    if (round % 2 !== 0) order.reverse();
    for (const [name, task] of order) {
      const value = await measure(task, round);
      if (round >= 0) results[name].push(value);
    }
  }
  return results;
}

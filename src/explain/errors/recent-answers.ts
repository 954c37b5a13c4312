// SPDX-License-Identifier: MIT

/** Keeps answers by their question while they hold. Forgets expired ones, or a program that never ends would fill it. */
export class RecentAnswers<Answer> {
  readonly #entries = new Map<string, { readonly answer: Answer; readonly time: number }>();
  readonly #holdsMs: number;

  constructor(holdsMs: number) {
    this.#holdsMs = holdsMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): { readonly answer: Answer } | undefined {
    const entry = this.#entries.get(key);
    return entry && this.#holds(entry.time) ? entry : undefined;
  }

  set(key: string, answer: Answer): void {
    for (const [each, { time }] of this.#entries) if (!this.#holds(time)) this.#entries.delete(each);
    this.#entries.set(key, { answer, time: Date.now() });
  }

  #holds(time: number): boolean {
    return Date.now() - time < this.#holdsMs;
  }
}

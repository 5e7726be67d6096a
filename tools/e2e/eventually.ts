import type { Locator } from 'playwright-core';

/**
 * Repeats a check until it returns a value. Fails after the given time, with what was awaited; the time must suffice for a loaded machine.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  withinMs = 90_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Within ${withinMs} ms there was no ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Waits until a locator matches this many elements. Errors: after 20 s. */
export async function untilCount(locator: Locator, count: number): Promise<void> {
  const matched = async (): Promise<true | undefined> => ((await locator.count()) === count ? true : undefined);
  await eventually(`${count} × ${locator.toString()}`, matched, 20_000);
}

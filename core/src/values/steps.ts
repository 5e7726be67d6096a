/**
 * Work in steps: it yields wherever other work may run, and returns its result. `runThrough` runs it without pauses; a server lets other
 * work run at each yield.
 */
export type Steps<Result> = Generator<void, Result, void>;

/** Adds the amount of work that was done. Returns true when it is time to pause. */
export type Pace = (work: number) => boolean;

/**
 * Creates a function that reports when enough work has been done since the last pause, for steps of different sizes.
 *
 * @example const isDue = createPace(1_000); for (const node of nodes) { check(node); if (isDue(node.ports)) yield; }
 */
export function createPace(most: number): Pace {
  let done = 0;
  return (work) => {
    done += work;
    if (done < most) return false;
    done = 0;
    return true;
  };
}

/**
 * Runs all steps without a pause.
 *
 * @example runThrough(parseDocumentSteps(value))
 */
export function runThrough<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Runs steps one by one and awaits `pause` after each. `pause` should resolve in a later tick of the event loop.
 *
 * @example await runInPieces(parseDocumentSteps(value), yieldToEventLoop)
 */
export async function runInPieces<Result>(steps: Steps<Result>, pause: () => Promise<void>): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
  }
}

/**
 * Work that can be done in pieces: it yields where others may have their turn, and returns what it made. Whoever has nothing else to do
 * runs it through with `runThrough`; a server gives others a turn at each yield.
 */
export type Steps<Result> = Generator<void, Result, void>;

/** Told of work that was done; true where it is time for a pause. */
export type Pace = (work: number) => boolean;

/**
 * Says when enough was done without a pause, for parts that are not all the same work.
 *
 * @example const isDue = createPace(1_000); for (const node of nodes) { look(node); if (isDue(node.ports)) yield; }
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
 * Does all of the work at once.
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
 * Does the work piece by piece, and awaits `pause` after each piece: it resolves in a later tick of the event loop.
 *
 * @example await runInPieces(parseDocumentSteps(value), nextTurn)
 */
export async function runInPieces<Result>(steps: Steps<Result>, pause: () => Promise<void>): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
  }
}

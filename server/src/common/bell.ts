/** Wakes one loop that waits for any of many events, without a promise for each. */
interface Bell {
  /** Wakes the loop. */
  readonly ring: () => void;
  /** Resolves at the next ring, or at once if it rang since the last wait. */
  heard(): Promise<void>;
}

/** Creates a bell. @example while (isOpen()) { startWork(bell.ring); await bell.heard(); } */
export function createBell(): Bell {
  let hasRung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      hasRung = true;
      wake?.();
    },
    heard: async () => {
      if (!hasRung) await new Promise<void>((resolve) => (wake = resolve));
      hasRung = false;
      wake = undefined;
    },
  };
}

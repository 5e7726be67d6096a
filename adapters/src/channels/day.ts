export const dayMs = 86_400_000;

/** The last midnight (UTC) before a time. */
export const dayOf = (time: number): number => Math.floor(time / dayMs) * dayMs;

/** Seconds until the next midnight, UTC; at least one. */
export const secondsLeftOf = (time: number): number => Math.max(1, Math.ceil((dayOf(time) + dayMs - time) / 1000));

/** A generator of numbers in [0, 1) that depend only on a seed, so that a chaos run can be repeated. */
export interface Random {
  next(): number;
  /** Returns true with this probability. */
  chance(likelihood: number): boolean;
  between(least: number, most: number): number;
}

/** Makes a generator from a seed. Each actor has its own `stream`, so that its choices do not depend on the order of the others. */
export function createRandom(seed: number, stream = 0): Random {
  let state = (Math.imul(seed, 0x9e37_79b1) ^ Math.imul(stream + 1, 0x85eb_ca6b)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    next,
    chance: (likelihood) => next() < likelihood,
    between: (least, most) => least + next() * (most - least),
  };
}

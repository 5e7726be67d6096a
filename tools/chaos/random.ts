/** Numbers in [0, 1) that follow from a seed, so that a chaos can be repeated. */
export interface Random {
  next(): number;
  /** Whether something of this likelihood happens. */
  chance(likelihood: number): boolean;
  between(least: number, most: number): number;
}

/** Numbers from a seed; `stream` keeps the choices of one actor apart from those of others, whatever order they come in. */
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

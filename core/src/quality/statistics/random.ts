/** A reproducible random number generator: the same seed gives the same numbers on every machine. */
export interface Random {
  /** A number in [0, 1) with 32 random bits. */
  readonly uniform: () => number;
  /** An integer in [0, count). */
  readonly below: (count: number) => number;
  /** A standard normally distributed number (polar method of Marsaglia, 1964). */
  readonly normal: () => number;
}

/**
 * Creates a generator for resampling and simulations: xoshiro128** (Blackman and Vigna, 2018), with its state initialised by splitmix32. Do
 * not use it for secrets.
 */
export function createRandom(seed: number): Random {
  const next = createBits(seed);
  const uniform = (): number => next() / 0x1_0000_0000;
  let spare: number | undefined;
  function normal(): number {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  }
  return { uniform, below: (count) => Math.floor((next() / 0x1_0000_0000) * count), normal };
}

function createBits(seed: number): () => number {
  const mix = createSplitMix(seed);
  let a = mix();
  let b = mix();
  let c = mix();
  let d = mix();
  return () => {
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return scrambled;
  };
}

const rotate = (bits: number, by: number): number => (bits << by) | (bits >>> (32 - by));

function createSplitMix(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}

import { durable, inMemory } from '../engine.bench.mjs';
import { chain, fanOut } from '../trivial-workflows.mjs';

export const packages = [];
export const store = 'SQLite: acceptance and end synced to disk, every result committed before its edges settle';

export async function open() {
  const bed = await inMemory();
  return {
    chain: (length) => {
      const plan = chain(length);
      return () => bed.run(plan);
    },
    fanOut: (width) => {
      const plan = fanOut(width);
      return () => bed.run(plan);
    },
    durable: (length, work) => durable((stored) => work(() => stored.run(chainOnce(length)))),
  };
}

const plans = new Map();
function chainOnce(length) {
  if (!plans.has(length)) plans.set(length, chain(length));
  return plans.get(length);
}

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** V8 would go on to twice as much under load, and an idle server would keep it: for no more runs a second. */
export const mostBytes = 64 * 1024 * 1024;
const checkMs = 1_000;

/** How V8 widens its young generation when much of it survives: V8's own, and not at all. */
const factors = { wider: 2, asItIs: 1 } as const;

/**
 * Lets V8 widen its young generation (both halves of it) to 64 MB and no further. A start may hold it where it was
 * (see bin/heddle.mjs). V8 reads the flag whenever it could widen, so this works after Node has begun; a later V8 that ignores it takes more memory, nothing else.
 *
 * Gives back how to stop.
 */
export function widenYoungGeneration(read = youngBytes, setFlag = setFlagsFromString): () => void {
  let current: number | undefined;
  const check = (): void => {
    const factor = read() < mostBytes ? factors.wider : factors.asItIs;
    if (factor !== current) setFlag(`--semi-space-growth-factor=${factor}`);
    current = factor;
  };
  check();
  const timer = setInterval(check, checkMs).unref();
  return () => clearInterval(timer);
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}

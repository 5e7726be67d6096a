import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** V8 would double it under load, and an idle server would keep the memory, without running more per second. */
export const mostBytes = 64 * 1024 * 1024;
const checkMs = 1_000;

/** The growth factor of V8's young generation: V8's own, and none. */
const factors = { wider: 2, asItIs: 1 } as const;

/**
 * Lets V8 grow its young generation (both halves together) up to 64 MB. The start may have fixed its size (see bin/heddle.mjs). V8 reads
 * the flag whenever it could grow, so this works after the start of Node; a later V8 that ignores it uses more memory, nothing else.
 *
 * Gives how to stop.
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

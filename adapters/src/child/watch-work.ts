import { processorMs } from './processor-time.js';

interface WorkLimits {
  /** Milliseconds after which the child is looked at, and again each time that it is waited for. */
  readonly checkEveryMs: number;
  /** Milliseconds of the processor that the child may have had by then. */
  readonly workMs: number;
  /** Milliseconds of the processor that the child had had when its work began, as it says itself; left out, the system is asked now. */
  readonly before?: number | undefined;
}

/** How often a child is waited for that did not get the processor. */
const mostWaits = 10;

/**
 * Calls back if a child is late although it had the processor for as long as its work may take. On a full machine, and
 * if this process itself was held up, it waits up to ten times as long. If the system does not report processor time,
 * the clock decides. The function that it returns ends the watch.
 */
export function watchWork(
  pid: number | undefined,
  { checkEveryMs, workMs, before }: WorkLimits,
  onLate: () => void,
  read: typeof processorMs = processorMs,
): () => void {
  const worked = async (): Promise<number | undefined> => (pid === undefined ? undefined : await read(pid));
  const atFirst = before ?? worked();
  let timer: NodeJS.Timeout | undefined;
  let waits = 0;
  let isOver = false;
  const wait = (): void => {
    // Asked in a later tick of the event loop, behind an answer that is here already.
    timer = setTimeout(() => setImmediate(() => void check()), checkEveryMs);
  };
  const check = async (): Promise<void> => {
    waits += 1;
    const first = await atFirst;
    const now = await worked();
    if (isOver) return;
    if (first !== undefined && now !== undefined && now - first < workMs && waits < mostWaits) wait();
    else onLate();
  };
  wait();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

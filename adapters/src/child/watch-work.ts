import { processorMs } from './processor-time.js';

interface WorkLimits {
  /** Milliseconds until the child is checked for the first time, and between further checks. */
  readonly checkEveryMs: number;
  /** Processor milliseconds that the work may take. */
  readonly workMs: number;
  /** The processor milliseconds of the child when its work began, as the child reported them. Default: the system is asked now. */
  readonly before?: number | undefined;
}

/** The most checks of a child that did not get enough processor time. */
const mostWaits = 10;

/**
 * Calls `onLate` if a child is not done although it had the processor for as long as its work may take. If the machine is busy, or if this
 * process itself was blocked, it waits up to ten times as long. If the system does not report processor time, the clock decides. The
 * returned function ends the watch.
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
    // Checked in a later tick of the event loop, so that a reply that has already arrived is handled first.
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

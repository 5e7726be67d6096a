import { HeddleError } from '@heddle/core';

/** Hands out a fixed number of slots, first come first served, with a bounded queue. */
export interface SlotPool<Slot> {
  /**
   * Waits for a slot; `prefer` chooses among the free ones. Errors: `model_busy`, `aborted`.
   * @param onPosition gets the position in the queue, from 1, each time it changes.
   */
  acquire(options: {
    readonly signal: AbortSignal;
    readonly onPosition: (position: number) => void;
    readonly prefer: (free: readonly Slot[]) => Slot | undefined;
  }): Promise<Slot>;
  release(slot: Slot): void;
  readonly size: number;
  readonly inUse: number;
  readonly waiting: number;
}

interface Waiter<Slot> {
  readonly give: (slot: Slot) => void;
  readonly onPosition: (position: number) => void;
  readonly prefer: (free: readonly Slot[]) => Slot | undefined;
}

/** @example const slot = await pool.acquire({ signal, onPosition, prefer: (free) => free[0] }); */
export function createSlotPool<Slot>(
  name: string,
  slots: readonly Slot[],
  queueLimit: number,
  onChange: () => void,
): SlotPool<Slot> {
  const free = new Set(slots);
  const queue: Waiter<Slot>[] = [];
  const announce = (): void => queue.forEach(({ onPosition }, index) => onPosition(index + 1));
  const takeFree = (prefer: Waiter<Slot>['prefer']): Slot | undefined => {
    const list = [...free];
    const chosen = prefer(list) ?? list[0];
    if (chosen !== undefined) free.delete(chosen);
    return chosen;
  };
  return {
    size: slots.length,
    get inUse() {
      return slots.length - free.size;
    },
    get waiting() {
      return queue.length;
    },
    async acquire({ signal, onPosition, prefer }) {
      const stopped = (): HeddleError => new HeddleError('aborted', `The generation of model '${name}' was stopped.`);
      if (signal.aborted) throw stopped();
      const now = queue.length === 0 ? takeFree(prefer) : undefined;
      if (now !== undefined) {
        onChange();
        return now;
      }
      if (queue.length >= queueLimit) {
        throw new HeddleError(
          'model_busy',
          `Model '${name}' has ${queue.length} generations waiting, its queue is full: try again in a moment.`,
          {
            details: { model: name, waiting: queue.length },
          },
        );
      }
      return new Promise<Slot>((resolve, reject) => {
        const waiter: Waiter<Slot> = {
          prefer,
          onPosition,
          give: (slot) => {
            signal.removeEventListener('abort', leave);
            resolve(slot);
          },
        };
        const leave = (): void => {
          queue.splice(queue.indexOf(waiter), 1);
          announce();
          onChange();
          reject(stopped());
        };
        signal.addEventListener('abort', leave, { once: true });
        queue.push(waiter);
        onPosition(queue.length);
        onChange();
      });
    },
    release(slot) {
      free.add(slot);
      const next = queue.shift();
      if (next !== undefined) {
        const chosen = takeFree(next.prefer);
        if (chosen !== undefined) next.give(chosen);
        announce();
      }
      onChange();
    },
  };
}

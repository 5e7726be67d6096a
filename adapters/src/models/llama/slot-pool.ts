import { HeddleError } from '@heddle/core';

interface Waiter<Slot> {
  readonly give: (slot: Slot) => void;
  readonly onPosition: (position: number) => void;
  readonly prefer: (free: readonly Slot[]) => Slot | undefined;
}

/**
 * Gives out a fixed number of slots in the order of requests, with a limited queue.
 *
 * @example const slot = await pool.acquire({ signal, onPosition, prefer: (free) => free[0] });
 */
export class SlotPool<Slot> {
  readonly size: number;
  private readonly name: string;
  private readonly queueLimit: number;
  private readonly onChange: () => void;
  private readonly free: Set<Slot>;
  private readonly queue: Waiter<Slot>[] = [];

  constructor(name: string, slots: readonly Slot[], queueLimit: number, onChange: () => void) {
    this.name = name;
    this.queueLimit = queueLimit;
    this.onChange = onChange;
    this.free = new Set(slots);
    this.size = slots.length;
  }

  get inUse(): number {
    return this.size - this.free.size;
  }

  get waiting(): number {
    return this.queue.length;
  }

  /**
   * Waits for a slot. `prefer` chooses one of the free slots. Errors: `model_busy`, `aborted`.
   * @param onPosition gets the position in the queue, from 1, each time it changes.
   */
  async acquire({
    signal,
    onPosition,
    prefer,
  }: Omit<Waiter<Slot>, 'give'> & { readonly signal: AbortSignal }): Promise<Slot> {
    const stopped = (): HeddleError =>
      new HeddleError('aborted', `The generation of model '${this.name}' was stopped.`);
    if (signal.aborted) throw stopped();
    const now = this.queue.length === 0 ? this.takeFree(prefer) : undefined;
    if (now !== undefined) {
      this.onChange();
      return now;
    }
    if (this.queue.length >= this.queueLimit) {
      throw new HeddleError(
        'model_busy',
        `Model '${this.name}' has ${this.queue.length} generations waiting, so its queue is full: try again in a moment.`,
        {
          details: { model: this.name, waiting: this.queue.length },
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
        this.queue.splice(this.queue.indexOf(waiter), 1);
        this.announce();
        this.onChange();
        reject(stopped());
      };
      signal.addEventListener('abort', leave, { once: true });
      this.queue.push(waiter);
      onPosition(this.queue.length);
      this.onChange();
    });
  }

  release(slot: Slot): void {
    this.free.add(slot);
    const next = this.queue.shift();
    if (next !== undefined) {
      const chosen = this.takeFree(next.prefer);
      if (chosen !== undefined) next.give(chosen);
      this.announce();
    }
    this.onChange();
  }

  private announce(): void {
    this.queue.forEach(({ onPosition }, index) => onPosition(index + 1));
  }

  private takeFree(prefer: Waiter<Slot>['prefer']): Slot | undefined {
    const list = [...this.free];
    const chosen = prefer(list) ?? list[0];
    if (chosen !== undefined) this.free.delete(chosen);
    return chosen;
  }
}

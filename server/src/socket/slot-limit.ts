/** Slots by name; each name has a maximum number of slots at a time. */
export class SlotLimit {
  private readonly paused = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** Takes a slot and returns the function that releases it (once); undefined if no slot is free. */
  take(name: string): (() => void) | undefined {
    const count = this.paused.get(name) ?? 0;
    if (count >= this.most) return undefined;
    this.paused.set(name, count + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.paused.get(name) ?? 1) - 1;
      if (left === 0) this.paused.delete(name);
      else this.paused.set(name, left);
    };
  }
}

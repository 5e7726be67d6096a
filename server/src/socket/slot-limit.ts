/** Slots by name; each name has a maximum number of slots at a time. */
export class SlotLimit {
  private readonly taken = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** Takes a slot and returns the function that releases it (once); undefined if no slot is free. */
  take(name: string): (() => void) | undefined {
    const count = this.taken.get(name) ?? 0;
    if (count >= this.most) return undefined;
    this.taken.set(name, count + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.taken.get(name) ?? 1) - 1;
      if (left === 0) this.taken.delete(name);
      else this.taken.set(name, left);
    };
  }
}

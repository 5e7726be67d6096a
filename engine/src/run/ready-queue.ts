/** A queue of ready items, first in, first out. Once empty, it reuses its array, so that a chain of nodes allocates none. */
export class ReadyQueue<Item> {
  private readonly items: (Item | undefined)[] = [];
  private head = 0;
  private tail = 0;

  get isEmpty(): boolean {
    return this.head === this.tail;
  }

  push(item: Item): void {
    this.items[this.tail] = item;
    this.tail += 1;
  }

  take(): Item | undefined {
    if (this.head === this.tail) return undefined;
    const item = this.items[this.head];
    this.items[this.head] = undefined;
    this.head += 1;
    if (this.head === this.tail) {
      this.head = 0;
      this.tail = 0;
    }
    return item;
  }
}

/** What is ready, first come, first served. Its array is used again once it is empty, so that a chain of nodes makes none. */
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

  /** Takes the first one out; undefined where there is none. */
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

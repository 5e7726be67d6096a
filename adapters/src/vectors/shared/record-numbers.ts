/** Numbers the records that one search finds, because the fusion of both legs works on numbers. */
export class RecordNumbers {
  private readonly ids: string[] = [];
  private readonly slots = new Map<string, number>();
  private readonly documents = new Map<number, string>();

  /** Returns the number of a record; assigns one if it is new. */
  numberOf(id: string, document: string): number {
    const slot = this.slots.get(id) ?? this.ids.push(id) - 1;
    this.slots.set(id, slot);
    this.documents.set(slot, document);
    return slot;
  }

  /** The number of a record found before. */
  slotOf(id: string): number {
    return this.slots.get(id) ?? -1;
  }

  /** The ids of records, in batches for one request each. */
  *idsOf(slots: readonly number[], size: number): Generator<readonly string[]> {
    const ids = slots.flatMap((slot) => this.ids[slot] ?? []);
    for (let start = 0; start < ids.length; start += size) yield ids.slice(start, start + size);
  }

  /** The number of each record's document. */
  documentsOf(slots: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const numbers = new Map<string, number>();
    for (const document of this.documents.values()) if (!numbers.has(document)) numbers.set(document, numbers.size + 1);
    return Promise.resolve(new Map(slots.map((slot) => [slot, numbers.get(this.documents.get(slot) ?? '') ?? 0])));
  }
}

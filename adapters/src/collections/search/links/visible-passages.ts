import {
  withoutUndefined,
  type Filter,
  type Passage,
  type PassagePosition,
  type VectorCollection,
  type VisibleTo,
} from '@heddle/core';

const atOnce = 50;

/** What limits the visible passages of a search. */
export interface Sight {
  readonly inner: Pick<VectorCollection, 'visible' | 'neighbours' | 'info'>;
  /** The names of the reader; undefined if everything may be read. */
  readonly readers: readonly string[] | undefined;
  readonly filter: Filter | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * The passages that the reader of a search may read and its filter admits. A graph row counts only if its passage is one of them, so hidden
 * documents change neither the results nor their order.
 */
export class VisiblePassages {
  /** Whether a passage is visible, for those that the store was asked about. */
  private readonly known = new Map<string, boolean>();

  private readonly sight: Sight;
  private readonly to: VisibleTo;
  readonly isWhole: boolean;

  private constructor(sight: Sight, isWhole: boolean) {
    this.sight = sight;
    this.isWhole = isWhole;
    const { readers, filter, signal } = sight;
    this.to = withoutUndefined({ readers, filter, signal });
  }

  static async open(sight: Sight): Promise<VisiblePassages> {
    const isWhole = sight.filter === undefined && (await mayReadAll(sight));
    return new VisiblePassages(sight, isWhole);
  }

  /** Keeps the rows whose passages are visible. */
  async of<Row extends PassagePosition>(rows: readonly Row[]): Promise<readonly Row[]> {
    if (this.isWhole) return rows;
    const open = new Map(rows.map(({ document, passage }) => [keyOf(passage, document), { document, passage }]));
    for (const key of this.known.keys()) open.delete(key);
    if (open.size > 0) {
      const positions = [...open.values()];
      const visible = await this.sight.inner.visible(positions, this.to);
      for (const { document, passage } of positions) this.known.set(keyOf(passage, document), visible.has(passage));
    }
    return rows.filter(({ passage, document }) => this.known.get(keyOf(passage, document)) === true);
  }

  /** Reads the passages at visible positions, by id. Passages that are gone are left out. */
  async read(positions: readonly PassagePosition[]): Promise<ReadonlyMap<string, Passage>> {
    const { inner, readers } = this.sight;
    const found = new Map<string, Passage>();
    for (let from = 0; from < positions.length; from += atOnce) {
      const batch = positions.slice(from, from + atOnce);
      for (const [one] of await Promise.all(batch.map(({ passage }) => inner.neighbours(passage, 0, 0))))
        if (one !== undefined) found.set(one.id, one);
    }
    // Checked last, so that a list of readers that changed meanwhile counts.
    if (found.size === 0 || readers === undefined || (this.isWhole && (await mayReadAll(this.sight)))) return found;
    const still = await inner.visible(
      [...found.values()].map(({ id: passage, document }) => ({ document, passage })),
      this.to,
    );
    return new Map([...found].filter(([id]) => still.has(id)));
  }
}

const keyOf = (passage: string, document: string): string => `${passage}\n${document}`;

async function mayReadAll({ inner, readers }: Pick<Sight, 'inner' | 'readers'>): Promise<boolean> {
  return readers === undefined || ((await inner.info()).restricted ?? 0) === 0;
}

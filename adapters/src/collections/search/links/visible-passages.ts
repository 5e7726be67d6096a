import {
  withoutUndefined,
  type Filter,
  type Passage,
  type PassagePosition,
  type VectorCollection,
  type VisibleTo,
} from '@heddle/core';

/** Passages that are read at once. */
const atOnce = 50;

/** What a search may see. */
export interface Sight {
  readonly inner: Pick<VectorCollection, 'visible' | 'neighbours' | 'info'>;
  /** The names of the reader; missing: everything may be read. */
  readonly readers: readonly string[] | undefined;
  readonly filter: Filter | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * The passages of one search that its reader may read and its filter keeps. A row of the graph counts only if its passage is one of them: documents of
 * others change neither the results nor their order.
 */
export class VisiblePassages {
  /** Passages that the store was asked about, and whether they are visible. */
  private readonly known = new Map<string, boolean>();

  private readonly sight: Sight;
  private readonly to: VisibleTo;
  /** Whether nothing is kept from this search. */
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

  /** Those of some rows whose passages are visible. */
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

  /** The passages at visible positions, by id. What is gone since then is missing. */
  async read(positions: readonly PassagePosition[]): Promise<ReadonlyMap<string, Passage>> {
    const { inner, readers } = this.sight;
    const found = new Map<string, Passage>();
    for (let from = 0; from < positions.length; from += atOnce) {
      const batch = positions.slice(from, from + atOnce);
      for (const [one] of await Promise.all(batch.map(({ passage }) => inner.neighbours(passage, 0, 0))))
        if (one !== undefined) found.set(one.id, one);
    }
    // Asked last: a list that began meanwhile counts.
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

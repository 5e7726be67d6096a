import {
  mayRead,
  withoutUndefined,
  type DocumentInfo,
  type Filter,
  type Passage,
  type VectorCollection,
} from '@heddle/core';

/** Passages that a query returns at most. */
const mostPassages = 1_000;
/** Documents that one query is asked about. */
const mostDocuments = 100;
/** Documents that are asked for at once. */
const atOnce = 50;

/** The place of a passage. */
interface PassagePlace {
  readonly document: string;
  readonly passage: string;
}

/** What a search may see. */
export interface Sight {
  readonly inner: Pick<VectorCollection, 'document' | 'neighbours' | 'search' | 'info'>;
  /** The names of the reader; missing: everything may be read. */
  readonly readers: readonly string[] | undefined;
  readonly filter: Filter | undefined;
  /** Of the question, or any of the right length: only whether a passage is found counts. */
  readonly vector: Float32Array;
  readonly signal: AbortSignal | undefined;
}

/**
 * The passages of one search that its reader may read and its filter keeps. A row of the graph counts only if its passage is one of them: documents of
 * others change neither the results nor their order.
 */
export class VisiblePassages {
  private readonly documents = new Map<string, DocumentInfo | undefined>();
  /** What queries with the filter found. */
  private readonly kept = new Map<string, Passage>();
  private readonly asked = new Set<string>();

  private readonly sight: Sight;
  /** Whether nothing is kept from this search. */
  readonly isWhole: boolean;

  private constructor(sight: Sight, isWhole: boolean) {
    this.sight = sight;
    this.isWhole = isWhole;
  }

  static async open(sight: Sight): Promise<VisiblePassages> {
    const isWhole = sight.filter === undefined && (await mayReadAll(sight));
    return new VisiblePassages(sight, isWhole);
  }

  /** Those of some rows whose passages are visible. */
  async of<Row extends PassagePlace>(rows: readonly Row[]): Promise<readonly Row[]> {
    if (this.isWhole) return rows;
    await this.load([...new Set(rows.map(({ document }) => document))]);
    const isVisible = ({ document, passage }: Row): boolean =>
      this.documents.get(document) !== undefined && (this.sight.filter === undefined || this.kept.has(passage));
    return rows.filter(isVisible);
  }

  /** The passages at some places, by id. Places must be visible; what is gone since then is missing. */
  async read(places: readonly PassagePlace[]): Promise<ReadonlyMap<string, Passage>> {
    const { inner, filter, readers } = this.sight;
    const found = new Map<string, Passage>();
    for (let from = 0; from < places.length; from += atOnce) {
      const batch = places.slice(from, from + atOnce);
      const passages =
        filter === undefined
          ? (await Promise.all(batch.map(({ passage }) => inner.neighbours(passage, 0, 0)))).flat()
          : batch.flatMap(({ passage }) => this.kept.get(passage) ?? []);
      for (const one of passages) found.set(one.id, one);
    }
    // Asked last: a list that began meanwhile counts.
    if (readers === undefined || (this.isWhole && (await mayReadAll(this.sight)))) return found;
    const documents = await this.readable([...new Set([...found.values()].map(({ document }) => document))]);
    return new Map([...found].filter(([, { document }]) => documents.has(document)));
  }

  private async load(ids: readonly string[]): Promise<void> {
    const open = ids.filter((id) => !this.documents.has(id));
    const readable = await this.readable(open);
    for (const id of open) this.documents.set(id, readable.get(id));
    if (this.sight.filter !== undefined) await this.keep([...readable.values()], this.sight.filter);
  }

  private async readable(ids: readonly string[]): Promise<ReadonlyMap<string, DocumentInfo>> {
    const { inner, readers, signal } = this.sight;
    const found = new Map<string, DocumentInfo>();
    for (let from = 0; from < ids.length; from += atOnce) {
      signal?.throwIfAborted();
      const infos = await Promise.all(ids.slice(from, from + atOnce).map((id) => inner.document(id)));
      for (const info of infos)
        if (info !== undefined && (readers === undefined || mayRead(info.readers, readers))) found.set(info.id, info);
    }
    return found;
  }

  /** Asks the store which passages of documents the filter keeps. */
  private async keep(documents: readonly DocumentInfo[], filter: Filter): Promise<void> {
    const { inner, readers, vector, signal } = this.sight;
    for (const batch of batchesOf(documents.filter(({ id }) => !this.asked.has(id)))) {
      const ids = batch.map(({ id }) => id);
      const among: Filter = { op: 'and', filters: [filter, { op: 'in', field: 'document', value: ids }] };
      const query = withoutUndefined({
        mode: 'dense' as const,
        k: mostPassages,
        vector,
        filter: among,
        readers,
        signal,
      });
      const found = await inner.search(query);
      for (const { score: _score, scores: _scores, ...passage } of found) this.kept.set(passage.id, passage);
      for (const id of ids) this.asked.add(id);
    }
  }
}

async function mayReadAll({ inner, readers }: Pick<Sight, 'inner' | 'readers'>): Promise<boolean> {
  return readers === undefined || ((await inner.info()).restricted ?? 0) === 0;
}

/** Documents whose passages fit into one result. A longer document stands alone: of its passages, the nearest count. */
function batchesOf(documents: readonly DocumentInfo[]): readonly (readonly DocumentInfo[])[] {
  const batches: DocumentInfo[][] = [];
  let room = 0;
  for (const one of documents) {
    const last = batches.at(-1);
    if (last === undefined || one.passages > room || last.length === mostDocuments) {
      batches.push([one]);
      room = mostPassages - one.passages;
    } else {
      last.push(one);
      room -= one.passages;
    }
  }
  return batches;
}

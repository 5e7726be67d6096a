import { mayRead, type DocumentInfo, type ReaderNamesNow, type VectorCollection } from '@heddle/core';

export interface GraphReader {
  /** The names of the reader. Without it, all documents are shown. */
  readonly names?: ReaderNamesNow | undefined;
  /** Documents that are hidden from everybody. */
  readonly hidden: () => ReadonlySet<string>;
}

/** What a reader may see of a graph at one time. */
export interface GraphView {
  readonly isWhole: boolean;
  /** Whether the reader may see an existing document. */
  readonly shows: (document: Pick<DocumentInfo, 'id' | 'readers'>) => boolean;
  /** The same by id; results are remembered. */
  readonly showsId: (document: string) => Promise<boolean>;
}

/** Reads the names of a reader, and whether the collection has restricted documents. */
export async function openView(
  inner: Pick<VectorCollection, 'info' | 'document'>,
  { names, hidden }: GraphReader,
): Promise<GraphView> {
  const given = await names?.();
  const gone = hidden();
  const isRestricted = given !== undefined && ((await inner.info()).restricted ?? 0) > 0;
  const isWhole = !isRestricted && gone.size === 0;
  const shows: GraphView['shows'] = ({ id, readers }) =>
    !gone.has(id) && (given === undefined || mayRead(readers, given));
  const known = new Map<string, boolean>();
  return {
    isWhole,
    shows,
    showsId: async (id) => {
      if (isWhole) return true;
      const before = known.get(id);
      if (before !== undefined) return before;
      const info = gone.has(id) ? undefined : await inner.document(id);
      const isShown = info !== undefined && shows(info);
      known.set(id, isShown);
      return isShown;
    },
  };
}

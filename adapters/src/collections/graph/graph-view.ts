import { mayRead, type DocumentInfo, type ReaderNamesNow, type VectorCollection } from '@heddle/core';

/** Who looks at a graph. */
export interface GraphReader {
  /** The names of the reader; missing: every document is shown. */
  readonly names?: ReaderNamesNow | undefined;
  /** Documents that are not shown to anybody. */
  readonly hidden: () => ReadonlySet<string>;
}

/** What a reader may see of a graph at one moment. */
export interface GraphView {
  /** Whether nothing is kept from the reader. */
  readonly isWhole: boolean;
  /** Whether the reader may see a document that is there. */
  readonly shows: (document: Pick<DocumentInfo, 'id' | 'readers'>) => boolean;
  /** The same by id; remembered. */
  readonly showsId: (document: string) => Promise<boolean>;
}

/** Asks for the names of a reader, and whether the collection keeps anything from anybody. */
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

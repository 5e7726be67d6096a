import { mayRead, withoutUndefined, type DocumentInfo, type VectorCollection } from '@heddle/core';

/** A page of the documents that somebody with these names may read. It is full while there are more, because callers read on until a page is short. */
export async function readableDocuments(
  collection: Pick<VectorCollection, 'documents'>,
  names: readonly string[],
  { after, limit = 1_000 }: { readonly after?: string; readonly limit?: number } = {},
): Promise<readonly DocumentInfo[]> {
  const found: DocumentInfo[] = [];
  for (let last = after; found.length < limit;) {
    const page = await collection.documents(withoutUndefined({ limit, after: last }));
    found.push(...page.filter(({ readers }) => mayRead(readers, names)));
    last = page.at(-1)?.id;
    if (page.length < limit) break;
  }
  return found.slice(0, limit);
}

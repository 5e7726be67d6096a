import { mayRead, withoutUndefined, type DocumentInfo, type VectorCollection } from '@heddle/core';

/** A page of the documents that a caller with these names may read. Only the last page is shorter than `limit`: callers stop at a short page. */
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

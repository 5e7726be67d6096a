import { HeddleError, SearchSettings, type VectorCollection } from '@heddle/core';

/** The key of the collection's note with the search settings. */
export const searchKey = 'search';

/** Reads the search settings of a collection; empty if they were never set, or if another version wrote them. */
export async function readSearchSettings(inner: Pick<VectorCollection, 'note'>): Promise<SearchSettings> {
  const text = await inner.note(searchKey);
  const parsed = text === undefined ? undefined : SearchSettings.safeParse(JSON.parse(text));
  return parsed?.success === true ? parsed.data : {};
}

/** Stores them. Errors: `bad_request`. */
export async function writeSearchSettings(
  inner: Pick<VectorCollection, 'name' | 'setNote'>,
  settings: SearchSettings,
): Promise<void> {
  await inner.setNote(searchKey, JSON.stringify(parseSearchSettings(inner.name, settings)));
}

/** Errors: `bad_request`. */
export function parseSearchSettings(collection: string, settings: unknown): SearchSettings {
  const parsed = SearchSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HeddleError(
    'bad_request',
    `The search settings of collection '${collection}' are not valid at '${issue?.path.join('.') ?? ''}': ${issue?.message ?? 'unknown reason'}.`,
  );
}

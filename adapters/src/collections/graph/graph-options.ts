import { createHash } from 'node:crypto';
import { GraphOptions, HeddleError, type CollectionInfo, type DocumentInfo, type VectorCollection } from '@heddle/core';

/** The key of the collection's note with the options of its knowledge graph. */
export const graphKey = 'graph';

/** The version of the rules. Entities that were found with older rules are found again. */
const version = 1;

/** Reads how the entities of a collection are found; undefined if it has no graph, or if another version wrote the options. */
export async function readGraphOptions(inner: Pick<VectorCollection, 'note'>): Promise<GraphOptions | undefined> {
  const text = await inner.note(graphKey);
  const parsed = text === undefined ? undefined : GraphOptions.safeParse(JSON.parse(text));
  return parsed?.success === true ? parsed.data : undefined;
}

/** Errors: `bad_request`. */
export function parseGraphOptions(collection: string, options: unknown): GraphOptions {
  const parsed = GraphOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HeddleError(
    'bad_request',
    `The options of the knowledge graph of '${collection}' are not valid at '${issue?.path.join('.') ?? ''}': ${issue?.message ?? 'unknown reason'}.`,
  );
}

/**
 * Names the findings of a document: the hash of the document, of how it is split into passages, and of the options. A document that moves
 * to another store keeps it.
 */
export function keyOf(
  options: GraphOptions,
  { splitter, embedding }: Pick<CollectionInfo, 'splitter' | 'embedding'>,
  { hash, title }: Pick<DocumentInfo, 'hash' | 'title'>,
): string {
  const { kind, maxTokens, overlapTokens, parentTokens = null } = splitter;
  const { model, types = null, instructions = null } = options;
  const cut = [embedding, kind, maxTokens, overlapTokens, parentTokens, splitter.context === true];
  return createHash('sha256')
    .update(JSON.stringify([version, hash, title, cut, model, types, instructions]))
    .digest('hex');
}

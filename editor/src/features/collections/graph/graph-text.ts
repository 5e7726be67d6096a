import type { GraphEstimate, GraphRelation, GraphState, JobReply } from '@heddle/core';
import { countOf } from '../../../ui/format/count-of.js';

/** The size of a graph. @example '2 entities, 1 relation' */
export const sizeText = ({ entities, relations }: Pick<GraphState, 'entities' | 'relations'>): string =>
  `${entities === 1 ? '1 entity' : `${entities.toLocaleString()} entities`}${relations === 0 ? '' : `, ${countOf(relations, 'relation')}`}`;

/** The estimated effort of finding the entities, in a sentence. */
export function estimateText({ documents, passages, tokens, isLocal }: GraphEstimate): string {
  if (documents === 0) return 'No document is left to read with these options.';
  const read = `${countOf(documents, 'document')} with ${countOf(passages, 'passage')}`;
  if (tokens === 0)
    return `The model reads ${read}. ${isLocal ? 'It runs on this machine and costs nothing.' : leaves}`;
  return `The model is asked ${passages === 1 ? 'once' : `${passages.toLocaleString()} times`}, once for each passage of ${countOf(documents, 'document')}, and reads about ${countOf(tokens, 'token')}. ${isLocal ? 'It runs on this machine.' : leaves}`;
}

const leaves = 'The text of all documents leaves this machine, and the calls can cost money.';

/** The state of a configured graph, in a sentence. */
export function stateText(
  { documents, missing, failures, ...size }: GraphState,
  job: Pick<JobReply, 'status' | 'error'> | undefined,
  isFilling: boolean,
): string {
  const read = `${sizeText(size)} in ${(documents - missing).toLocaleString()} of ${countOf(documents, 'document')}.`;
  if (isFilling || missing === 0) return read;
  if (failures.length >= missing)
    return `${read} ${failures.length === 1 ? '1 document' : `${failures.length} documents`} could not be read.`;
  const why = job?.status === 'failed' && job.error !== undefined ? ` ${job.error.message}` : '';
  return `${read}${why} ${missing === 1 ? '1 document is' : `${missing.toLocaleString()} documents are`} not read yet.`;
}

/** The progress of a job that finds entities. Undefined until the job reports it. */
export function readingOf({
  progress,
}: Pick<JobReply, 'progress'>): { readonly documents: number; readonly done: number } | undefined {
  const { documents, done } = progress;
  return typeof documents === 'number' && typeof done === 'number' && documents > 0 ? { documents, done } : undefined;
}

/** The entity types in a text field, separated by commas or line ends; undefined for an empty field. */
export function typesOf(text: string): readonly string[] | undefined {
  const types = text
    .split(/[,;\n]/)
    .map((type) => type.trim())
    .filter((type) => type !== '');
  return types.length === 0 ? undefined : [...new Set(types)];
}

/** In how many passages and documents an entity is mentioned. @example '3 passages in 2 documents' */
export const mentionsText = ({
  passages,
  documents,
}: {
  readonly passages: number;
  readonly documents: number;
}): string => `${countOf(passages, 'passage')} in ${countOf(documents, 'document')}`;

/** A relation with all passages that state it. */
export interface StatedRelation extends Pick<GraphRelation, 'source' | 'target' | 'text'> {
  readonly stated: readonly { readonly document: string; readonly passage: string }[];
}

/** Relations with the passages that state them. Equal statements about the same entities become one relation. */
export function statedRelations(relations: readonly GraphRelation[]): readonly StatedRelation[] {
  const found = new Map<string, StatedRelation>();
  for (const { source, target, text, document, passage } of relations) {
    const key = JSON.stringify([source, target, text.toLowerCase()]);
    const before = found.get(key);
    const stated = before?.stated ?? [];
    if (!stated.some((one) => one.document === document && one.passage === passage))
      found.set(key, { source, target, text: before?.text ?? text, stated: [...stated, { document, passage }] });
  }
  return [...found.values()];
}

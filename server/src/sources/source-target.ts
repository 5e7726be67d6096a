import { normalEmail } from '@heddle/adapters/identity';
import {
  isAtMost,
  joinLabels,
  labelOf,
  Reader,
  withoutUndefined,
  type DocumentInput,
  type Label,
  type LabelLevel,
  type LoadedDocument,
  type SyncFailure,
  type SyncTarget,
} from '@heddle/core';
import type { CollectionService } from '../collections/collection.service.js';

interface TargetOptions {
  readonly collection: string;
  /** The id of the source, with which the ids of its documents begin. */
  readonly source: string;
  readonly kind: string;
  readonly label: LabelLevel | undefined;
  readonly readers: readonly string[] | null | undefined;
  readonly isUntrusted: boolean;
  readonly signal: AbortSignal;
}

/** The id that a document of a source has in its collection. */
export const documentIdOf = (source: string, id: string): string => `${source}:${id}`;

/** Makes the collection of a source the target of its sync. */
export async function createSourceTarget(
  collections: Pick<CollectionService, 'get' | 'ingestFromSource' | 'removeFromSource'>,
  options: TargetOptions,
): Promise<SyncTarget> {
  const { collection, source, signal } = options;
  const { label: ofCollection } = await collections.get(collection);
  const idOf = (id: string): string => documentIdOf(source, id);
  return {
    put: async (documents) => {
      const inputs: DocumentInput[] = [];
      const refused: SyncFailure[] = [];
      for (const document of documents) {
        const label = labelOfDocument(document, options);
        if (label === undefined || isAtMost(label.level, ofCollection.level))
          inputs.push(inputOf(idOf(document.id), document, label, options));
        else refused.push(aboveCollection(document.id, label, ofCollection));
      }
      const { failures, unchanged } =
        inputs.length === 0
          ? { failures: [], unchanged: new Set<string>() }
          : await collections.ingestFromSource(collection, inputs, signal);
      const failed = documents.flatMap(({ id }): SyncFailure[] => {
        const own = idOf(id);
        const failure = failures.find((one) => one.document === own || one.document.startsWith(`${own}#`));
        return failure === undefined ? [] : [{ id, code: failure.code, message: failure.message }];
      });
      const same = documents.flatMap(({ id }) => (unchanged.has(idOf(id)) ? [id] : []));
      return { unchanged: same, failed: [...refused, ...failed] };
    },
    remove: (ids) => collections.removeFromSource(collection, ids.map(idOf)),
  };
}

/**
 * The label of a document: that of the source, or a stricter one that the source reports for the document. Undefined if the document has
 * the label of the collection.
 */
function labelOfDocument(
  { label }: LoadedDocument,
  { label: ofSource, isUntrusted }: Pick<TargetOptions, 'label' | 'isUntrusted'>,
): Label | undefined {
  if (label === undefined && ofSource === undefined && !isUntrusted) return undefined;
  const marks = isUntrusted ? ['untrusted'] : [];
  return joinLabels(labelOf(ofSource ?? 'public', marks), labelOf(label ?? 'public'));
}

function inputOf(
  id: string,
  document: LoadedDocument,
  label: Label | undefined,
  { source, kind, readers: ofSource }: TargetOptions,
): DocumentInput {
  const { title, url, content, mediaType, metadata, modified } = document;
  const readers = document.readers === undefined ? ofSource : document.readers;
  return withoutUndefined({
    id,
    content,
    title,
    mediaType,
    label,
    source: url,
    metadata: withoutUndefined({
      ...metadata,
      connector: kind,
      syncedFrom: source,
      modified: modified === undefined ? undefined : new Date(modified).toISOString(),
    }),
    // Names that can belong to no reader are left out; they would let nobody read the document.
    readers: readers?.filter((name) => Reader.safeParse(name).success).map(normalName) ?? readers,
    readersByRules: document.usesDefaultReaders === true && readers === undefined ? true : undefined,
  });
}

/** Addresses are the same however they are written. Ids contain no @. */
const normalName = (name: string): string =>
  name.startsWith('user:') && name.includes('@') ? `user:${normalEmail(name.slice('user:'.length))}` : name;

const aboveCollection = (id: string, { level }: Label, { level: highest }: Label): SyncFailure => ({
  id,
  code: 'label_refused',
  message: `'${id}' is ${level}, and the collection takes at most ${highest}: sync it into another collection.`,
});

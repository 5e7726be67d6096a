import { HeddleError, NewSplitter, withoutUndefined, type CollectionInfo } from '@heddle/core';

/** The options of `heddle ingest` about passages. */
export interface SplitterFlags {
  readonly split?: NewSplitter['kind'];
  readonly size?: number;
  readonly overlap?: number;
  readonly parent?: number;
  /** False for `--no-context`. */
  readonly context: boolean;
}

type AskedSplitter = Partial<NewSplitter>;

/** The splitter options that were given. Errors: `usage`. */
export function splitterOf({ split, size, overlap, parent, context }: SplitterFlags): AskedSplitter {
  const asked = withoutUndefined({
    kind: split,
    maxTokens: size,
    overlapTokens: overlap,
    parentTokens: parent,
    context: context ? undefined : false,
  });
  const parsed = NewSplitter.safeParse(asked);
  if (!parsed.success)
    throw new HeddleError('usage', '--size must be 16 to 8192 tokens, --overlap 0 to 1024, --parent 32 to 8192.', {
      cause: parsed.error,
    });
  return asked;
}

/** A collection keeps the splitter that it was created with: an option that says otherwise must not be ignored. Errors: `usage`. */
export function refuseOtherSplitter({ name, splitter }: CollectionInfo, asked: AskedSplitter): void {
  const { context = false, ...rest } = splitter;
  const kept: AskedSplitter = { ...rest, context };
  const isKept = (['kind', 'maxTokens', 'overlapTokens', 'parentTokens', 'context'] as const).every(
    (field) => asked[field] === undefined || asked[field] === kept[field],
  );
  if (isKept) return;
  throw new HeddleError(
    'usage',
    `The collection '${name}' was created with --split ${splitter.kind} --size ${splitter.maxTokens} --overlap ${splitter.overlapTokens}${splitter.parentTokens === undefined ? '' : ` --parent ${splitter.parentTokens}`}${context ? '' : ' --no-context'}: leave these options out, or take another name.`,
    { details: { collection: name } },
  );
}

import { HeddleError, NewSplitter, withoutUndefined, type ShownCollectionInfo } from '@heddle/core';
import { isDeepStrictEqual } from 'node:util';

/** The options of `heddle ingest` that say how documents are split into passages. */
export interface SplitterFlags {
  readonly split?: NewSplitter['kind'];
  readonly size?: number;
  readonly overlap?: number;
  readonly parent?: number;
  /** False if `--no-context` was given. */
  readonly context: boolean;
  /** The id of a language model, or `none`. */
  readonly header?: string;
  readonly headerInstructions?: string;
}

/** The value of `--header` for a collection without passage headers. */
const noHeader = 'none';

type ChosenSplitter = Partial<NewSplitter>;

/** The splitter options that were given. Errors: `usage`. */
export function splitterOf(flags: SplitterFlags): ChosenSplitter {
  const { split, size, overlap, parent, context } = flags;
  const asked = withoutUndefined({
    kind: split,
    maxTokens: size,
    overlapTokens: overlap,
    parentTokens: parent,
    context: context ? undefined : false,
    header: headerOf(flags),
  });
  const parsed = NewSplitter.safeParse(asked);
  if (!parsed.success)
    throw new HeddleError(
      'usage',
      '--size must be 16 to 8192 tokens, --overlap 0 to 1024, --parent 32 to 8192, --header-instructions at most 2,000 characters.',
      {
        cause: parsed.error,
      },
    );
  return asked;
}

function headerOf({ header: model, headerInstructions: instructions }: SplitterFlags): NewSplitter['header'] {
  if (model !== undefined && model !== noHeader) return withoutUndefined({ model, instructions });
  if (instructions === undefined) return undefined;
  throw new HeddleError('usage', '--header-instructions needs --header with a model.');
}

/**
 * Refuses splitter options that differ from those of the collection. A collection keeps the splitter that it was created with, and ignoring
 * the options would hide that. Errors: `usage`.
 */
export function refuseOtherSplitter({ name, splitter }: ShownCollectionInfo, asked: ChosenSplitter): void {
  const { context = false, ...rest } = splitter;
  const kept: ChosenSplitter = { ...rest, context };
  const isKept = (['kind', 'maxTokens', 'overlapTokens', 'parentTokens', 'context'] as const).every(
    (field) => asked[field] === undefined || asked[field] === kept[field],
  );
  const isSameHeader = asked.header === undefined || isDeepStrictEqual(asked.header, splitter.header);
  if (isKept && isSameHeader) return;
  throw new HeddleError(
    'usage',
    `The collection '${name}' was created with --split ${splitter.kind} --size ${splitter.maxTokens} --overlap ${splitter.overlapTokens}${splitter.parentTokens === undefined ? '' : ` --parent ${splitter.parentTokens}`}${context ? '' : ' --no-context'}${splitter.header === undefined ? '' : ` --header ${splitter.header.model}`}: leave these options out, or take another name.`,
    { details: { collection: name } },
  );
}

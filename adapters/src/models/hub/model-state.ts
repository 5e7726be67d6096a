import { type ModelCard, type ModelFileState, type ModelState } from '@heddle/core';
import { type FileState, type ModelFileStore } from '../files/model-file-store.js';
import { type ReadHeader } from '../files/read-header.js';

interface StateReaderOptions {
  readonly files: ModelFileStore;
  readonly readHeader: ReadHeader;
  /** Called when files were verified in the background. */
  readonly onChange: () => void;
}

export interface ModelFacts {
  readonly isLoaded: boolean;
  readonly isPulling: boolean;
  /** Whether the card is Heddle's own and was not added by a user. */
  readonly isOwn: boolean;
}

/**
 * In bytes, for all unverified files of a model together. A list waits for their verification up to this size, which takes less than a
 * second. Larger ones are verified in the background.
 */
const soonBytes = 256 * 2 ** 20;

/**
 * Creates the reader of model states. It verifies unchecked files: small ones at once, and large ones in the background, one model after
 * the other.
 */
export function createStateReader({
  files,
  readHeader,
  onChange,
}: StateReaderOptions): (card: ModelCard, facts: ModelFacts) => Promise<ModelState> {
  let background: Promise<unknown> = Promise.resolve();
  const verifying = new Set<string>();
  const verifyLater = (card: ModelCard): void => {
    if (verifying.has(card.id)) return;
    verifying.add(card.id);
    background = background
      .then(() => files.verify(card))
      .catch(() => undefined) // The next list reports a file that was removed in the meantime.
      .then(() => {
        verifying.delete(card.id);
        onChange();
      });
  };
  const currentStates = async (card: ModelCard): Promise<readonly FileState[]> => {
    const states = await files.states(card);
    const unchecked = states.filter(({ status }) => status === 'unchecked');
    if (unchecked.length === 0) return states;
    if (unchecked.reduce((sum, { bytes }) => sum + bytes, 0) <= soonBytes) return files.verify(card);
    verifyLater(card);
    return states;
  };
  return async (card, { isLoaded, isPulling, isOwn }) => {
    const states = isPulling ? await files.states(card) : await currentStates(card);
    const base = {
      card,
      bytes: states.reduce((sum, state) => sum + state.bytes, 0),
      files: states.map((state) => fileStateOf(state, isOwn)),
    };
    if (isPulling) return { ...base, status: 'downloading' };
    const broken = states.find(({ status }) => status === 'invalid');
    if (broken !== undefined)
      return {
        ...base,
        status: 'invalid',
        error: { code: 'model_file_invalid', message: broken.problem ?? `'${broken.path}' is not usable.` },
      };
    if (states.some(({ status }) => status === 'absent')) return { ...base, status: 'absent' };
    if (states.some(({ status }) => status === 'unchecked')) return { ...base, status: 'checking' };
    const weights = card.format === 'gguf' ? states.find(({ file }) => file.role === 'weights') : undefined;
    const metadata = weights === undefined ? undefined : await readHeader(weights.path);
    return { ...base, status: isLoaded ? 'loaded' : 'ready', metadata };
  };
}

function fileStateOf({ file, status, bytes, record, pin }: FileState, isOwn: boolean): ModelFileState {
  const isOfCard = file.sha256 !== undefined && (record === undefined || record.sha256 === file.sha256);
  const held = isOfCard ? file : (record ?? pin ?? file);
  const commit = record?.commit ?? pin?.commit ?? commitOf(file.sources);
  return {
    name: file.name,
    status: status === 'unchecked' ? 'checking' : status,
    bytes,
    pin: isOfCard ? (isOwn ? 'heddle' : 'entry') : (record ?? pin) === undefined ? 'none' : 'recorded',
    sha256: held.sha256,
    size: held.size,
    commit,
    source: record?.source,
    recordedAt: record?.fetchedAt,
  };
}

/** The first commit that the sources of a file name. */
function commitOf(sources: readonly string[]): string | undefined {
  return sources.map((source) => /^hf:[^@]+@([0-9a-f]{40})\//.exec(source)?.[1]).find((commit) => commit !== undefined);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError, withoutUndefined, type Embedder, type StoredDocument, type StoredPassage } from '@heddle/core';
import type { DraftPassage, PreparedDocument } from './prepare-document.js';

interface EmbedLineOptions {
  readonly embedder: Embedder;
  readonly dimensions: number;
  readonly put: (documents: readonly StoredDocument[]) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onEmbedded: (passages: number, tokens: number) => void;
  readonly onStored: (documents: readonly StoredDocument[], passages: number) => void;
}

/** Two requests at a time: the next one waits in the model host while the first is processed, so the embedder is never idle. */
const lanes = 2;
const batchPassages = 32;
/** Passages that are sorted by length together, so that the texts of a batch have similar lengths. */
const windowPassages = 128;
/** Passages that may wait before `add` makes its caller wait; this limits memory. */
const highWater = 256;
const storePassages = 96;
/** How many texts are remembered with their vectors, so that repeated text is embedded once. */
const rememberedTexts = 64;
const attempts = 3;

interface Owner {
  readonly prepared: PreparedDocument;
  readonly vectors: (Float32Array | undefined)[];
  left: number;
}

interface Item {
  readonly owner: Owner;
  readonly index: number;
  readonly draft: DraftPassage;
}

/** Embeds and stores prepared documents while the next ones are prepared. */
export class EmbedLine {
  private readonly options: EmbedLineOptions;
  private readonly incoming: Item[] = [];
  private window: Item[] = [];
  private finished: Owner[] = [];
  private isFlushing = false;
  private broken: { readonly error: unknown } | undefined;
  private storing: Promise<void> = Promise.resolve();
  private readonly running = new Set<Promise<void>>();
  private readonly known = new Map<string, Float32Array>();
  private readonly listeners = new Set<() => void>();

  constructor(options: EmbedLineOptions) {
    this.options = options;
  }

  /** Adds a document; resolves when there is room for the next one. Rejects after an error. */
  async add(prepared: PreparedDocument): Promise<void> {
    const owner: Owner = {
      prepared,
      vectors: new Array<Float32Array | undefined>(prepared.drafts.length).fill(undefined),
      left: prepared.drafts.length,
    };
    for (const [index, draft] of prepared.drafts.entries()) this.incoming.push({ owner, index, draft });
    this.pump();
    await this.until(() => this.waiting() < highWater);
  }

  /** Resolves when everything that was added is stored. */
  async flush(): Promise<void> {
    this.isFlushing = true;
    this.pump();
    try {
      await this.until(() => this.waiting() === 0 && this.running.size === 0);
      await this.store(true);
    } finally {
      this.isFlushing = false;
    }
  }

  /** Resolves when nothing runs any more, with or without an error. */
  async settled(): Promise<void> {
    this.broken ??= { error: this.options.signal.reason };
    await Promise.all(this.running);
    await this.storing.catch(() => undefined); // the caller that awaited it reports the error
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private waiting(): number {
    return this.incoming.length + this.window.length;
  }

  private nextBatch(): readonly Item[] {
    if (this.window.length === 0)
      this.window = this.incoming
        .splice(0, windowPassages)
        .sort((a, b) => b.draft.embedded.tokens - a.draft.embedded.tokens);
    return this.window.splice(0, batchPassages);
  }

  /** A second request is sent only with a full batch. If none is running, the available passages are sent at once. */
  private isReady(): boolean {
    return (
      this.broken === undefined &&
      this.waiting() > 0 &&
      (this.running.size === 0 || (this.running.size < lanes && (this.isFlushing || this.waiting() >= batchPassages)))
    );
  }

  private pump(): void {
    while (this.isReady()) {
      const work = embedBatch(this.nextBatch(), this.known, this.options, (owner) => this.finished.push(owner))
        .then(() => this.store(false))
        .catch((error: unknown) => {
          this.broken ??= { error };
        })
        .finally(() => {
          this.running.delete(work);
          this.pump();
          this.changed();
        });
      this.running.add(work);
    }
  }

  /** Stores finished documents in order, one write at a time. While a slow store writes, the lane that filled it waits. */
  private store(isLast: boolean): Promise<void> {
    const passages = this.finished.reduce((sum, owner) => sum + owner.vectors.length, 0);
    if (passages === 0 || (passages < storePassages && !isLast)) return Promise.resolve();
    const batch = this.finished;
    this.finished = [];
    this.storing = this.storing.then(async () => {
      const documents = batch.map(storedOf);
      await this.options.put(documents);
      this.options.onStored(documents, passages);
    });
    return this.storing;
  }

  private async until(isDone: () => boolean): Promise<void> {
    while (!isDone() && this.broken === undefined) {
      await new Promise<void>((resolve) => {
        const listener = (): void => {
          this.listeners.delete(listener);
          resolve();
        };
        this.listeners.add(listener);
      });
    }
    if (this.broken !== undefined) throw this.broken.error;
  }
}

async function embedBatch(
  items: readonly Item[],
  known: Map<string, Float32Array>,
  options: EmbedLineOptions,
  onFinished: (owner: Owner) => void,
): Promise<void> {
  const vectors = await embedOnce(
    items.map(({ draft }) => draft.embedded.text),
    known,
    options,
  );
  let tokens = 0;
  for (const [position, { owner, index, draft }] of items.entries()) {
    const vector = vectors[position];
    if (vector?.length !== options.dimensions) throw wrongDimensions(options, vector?.length ?? 0);
    owner.vectors[index] = vector;
    owner.left -= 1;
    tokens += draft.embedded.tokens;
    if (owner.left === 0) onFinished(owner);
  }
  options.onEmbedded(items.length, tokens);
}

/** Embeds each text once. The last texts are remembered. */
async function embedOnce(
  texts: readonly string[],
  known: Map<string, Float32Array>,
  options: EmbedLineOptions,
): Promise<readonly (Float32Array | undefined)[]> {
  const found = new Map(texts.map((text) => [text, known.get(text)] as const));
  const missing = [...found].flatMap(([text, vector]) => (vector === undefined ? [text] : []));
  const vectors = missing.length === 0 ? [] : await embedWithRetry(missing, options);
  for (const [index, text] of missing.entries()) {
    const vector = vectors[index];
    if (vector === undefined) continue;
    found.set(text, vector);
    known.set(text, vector);
  }
  for (const text of known.keys()) {
    if (known.size <= rememberedTexts) break;
    known.delete(text);
  }
  return texts.map((text) => found.get(text));
}

/** The owner of a model host that died starts it again; the batch waits and is tried again. */
async function embedWithRetry(
  texts: readonly string[],
  { embedder, signal }: EmbedLineOptions,
): Promise<readonly Float32Array[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await embedder.embed(texts, { kind: 'passage', signal });
    } catch (error) {
      if (signal.aborted || attempt >= attempts || !(error instanceof HeddleError && error.retryable)) throw error;
      await sleep(250 * 2 ** attempt, undefined, { signal });
    }
  }
}

function storedOf({ prepared, vectors }: Owner): StoredDocument {
  const { document, drafts, metadata, readers } = prepared;
  const passages = drafts.map(({ id, text, place, context, header }, index): StoredPassage => {
    const vector = vectors[index];
    if (vector === undefined) throw new HeddleError('internal', `Passage '${id}' has no vector.`);
    return withoutUndefined({ id, text, place, context, header, vector, metadata });
  });
  return withoutUndefined({ document, passages, readers });
}

const wrongDimensions = ({ embedder, dimensions }: EmbedLineOptions, received: number): HeddleError =>
  new HeddleError(
    'collection_dimensions',
    `The collection has ${dimensions} dimensions, model '${embedder.id}' gave ${received}: use the model that filled it.`,
    {
      details: { expected: dimensions, received, model: embedder.id },
    },
  );

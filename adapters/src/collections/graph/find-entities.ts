import { setTimeout as sleep } from 'node:timers/promises';
import {
  HeddleError,
  type FoundInPassage,
  type GraphModel,
  type GraphOptions,
  type Label,
  type Passage,
} from '@heddle/core';
import { graphOfPassage, type PassageGraph } from './found-in-passage.js';
import { graphPrompt, usualTypes, type ReadPassage } from './graph-prompt.js';
import { readFound } from './read-found.js';

/** Calls at once of a model on another machine. One of this machine has the processor to itself. */
const lanes = 4;
const attempts = 3;
/** Passages that a model for names reads in one call. */
const textsOfCall = 32;

/** A document whose passages are read. */
interface DocumentToRead {
  readonly id: string;
  readonly label: Label;
  readonly passages: readonly Passage[];
}

/** The entities and relations of a document. Errors: `graph_failed`, `label_refused`, `budget_exceeded`, and those of the model. */
export async function findEntities(
  model: GraphModel,
  options: GraphOptions,
  { id, label, passages }: DocumentToRead,
  signal: AbortSignal,
): Promise<PassageGraph> {
  const asking = { model, options, document: id, label, signal };
  const { size, width } = callsOf(model);
  const found: PassageGraph[] = [];
  for (let from = 0; from < passages.length; from += size * width) {
    const batches = Array.from({ length: width }, (_, lane) => from + lane * size)
      .map((start) => passages.slice(start, start + size))
      .filter(({ length }) => length > 0);
    const settled = await Promise.allSettled(batches.map((batch) => graphsOf(batch, asking)));
    // All of them are awaited: none of them runs on behind a failure.
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason;
      found.push(...one.value);
    }
  }
  return {
    mentions: found.flatMap(({ mentions }) => mentions),
    relations: found.flatMap(({ relations }) => relations),
  };
}

/** Passages of a call, and calls at once. */
function callsOf({ kind, destination }: GraphModel): { readonly size: number; readonly width: number } {
  if (kind === 'names') return { size: textsOfCall, width: 1 };
  return { size: 1, width: destination.isLocal ? 1 : lanes };
}

interface Asking {
  readonly model: GraphModel;
  readonly options: GraphOptions;
  readonly document: string;
  readonly label: Label;
  readonly signal: AbortSignal;
}

/** What one call finds. */
async function graphsOf(passages: readonly Passage[], asking: Asking): Promise<readonly PassageGraph[]> {
  const read = passages.map(({ title = '', text }) => ({ title, text }));
  const found = await foundIn(read, asking);
  return passages.map(({ id, title = '', text }, at) =>
    graphOfPassage(id, { title, text }, found[at] ?? { entities: [], relations: [] }),
  );
}

async function foundIn(read: readonly ReadPassage[], asking: Asking): Promise<readonly FoundInPassage[]> {
  const { model, signal } = asking;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      if (model.kind === 'names') return await namesIn(read, asking);
      return await Promise.all(read.map((one) => askedFor(one, asking)));
    } catch (error) {
      const isOver = attempt >= attempts || !(error instanceof HeddleError && error.retryable);
      if (signal.aborted || isOver) throw error;
      await sleep(250 * 2 ** attempt, undefined, { signal });
    }
  }
}

async function namesIn(
  read: readonly ReadPassage[],
  { model, label, signal }: Asking,
): Promise<readonly FoundInPassage[]> {
  const texts = read.map(({ title, text }) => `${title}\n${text}`);
  const names = (await model.names?.(texts, { label, signal })) ?? [];
  return names.map((entities) => ({ entities, relations: [] }));
}

async function askedFor(
  read: ReadPassage,
  { model, options, document, label, signal }: Asking,
): Promise<FoundInPassage> {
  const prompt = graphPrompt(read, options, model.contextTokens);
  const reply = (await model.write?.(prompt, { label, signal })) ?? '';
  const found = readFound(reply, options.types ?? usualTypes);
  if (found !== undefined) return found;
  throw new HeddleError(
    'graph_failed',
    `'${options.model}' gave no JSON with the entities of a passage of '${document}': try the document again, or choose another model for the graph.`,
    { details: { document, model: options.model } },
  );
}

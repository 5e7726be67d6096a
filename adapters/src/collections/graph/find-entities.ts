import { setTimeout as sleep } from 'node:timers/promises';
import {
  HeddleError,
  type PassageFindings,
  type GraphModel,
  type GraphOptions,
  type GraphPassage,
  type Label,
  type Passage,
} from '@heddle/core';
import { graphOfPassage, type PassageGraph } from './graph-of-passage.js';
import { graphPrompt, usualTypes, type ReadPassage } from './graph-prompt.js';
import { readFindings } from './read-findings.js';

/** Concurrent calls of a model on another machine. A model on this machine gets one call at a time. */
const lanes = 4;
const attempts = 3;
/** Passages that one call passes to a model for names. */
const textsOfCall = 32;

interface DocumentToRead {
  readonly id: string;
  readonly label: Label;
  readonly passages: readonly Passage[];
  /** Findings of an earlier call that failed or was interrupted. */
  readonly kept: readonly GraphPassage[];
  /** Keeps the findings of passages while others are not read yet. */
  readonly keep: (passages: readonly GraphPassage[]) => Promise<void>;
}

interface OpenPassage {
  readonly number: number;
  readonly passage: Passage;
}

/**
 * Finds the entities and relations of a document. Errors: `graph_failed`, `label_refused`, `budget_exceeded`, and those of the model and of
 * `keep`.
 */
export async function findEntities(
  model: GraphModel,
  options: GraphOptions,
  { id, label, passages, kept, keep }: DocumentToRead,
  signal: AbortSignal,
): Promise<PassageGraph> {
  const asking = { model, options, document: id, label, signal };
  const { size, width } = callsOf(model);
  const found = new Map(kept.filter((one) => passages[one.number]?.id === one.passage).map((one) => [one.number, one]));
  const open = passages.map((passage, number) => ({ number, passage })).filter(({ number }) => !found.has(number));
  for (let from = 0; from < open.length; from += size * width) {
    const batches = Array.from({ length: width }, (_, lane) => from + lane * size)
      .map((start) => open.slice(start, start + size))
      .filter(({ length }) => length > 0);
    // All calls are awaited: none continues after a failure, and the findings of the others are kept.
    const settled = await Promise.allSettled(batches.map((batch) => graphsOf(batch, asking)));
    const read = settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    for (const one of read) found.set(one.number, one);
    if (found.size < passages.length && read.length > 0) await keep(read);
    for (const one of settled) if (one.status === 'rejected') throw one.reason;
  }
  const inOrder = passages.flatMap((_, number) => found.get(number)?.found ?? []);
  return {
    mentions: inOrder.flatMap(({ mentions }) => mentions),
    relations: inOrder.flatMap(({ relations }) => relations),
  };
}

/** The number of passages of a call, and of concurrent calls. */
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

async function graphsOf(open: readonly OpenPassage[], asking: Asking): Promise<readonly GraphPassage[]> {
  const read = open.map(({ passage: { title = '', text } }) => ({ title, text }));
  const found = await foundIn(read, asking);
  return open.map(({ number, passage: { id, title = '', text } }, at) => ({
    number,
    passage: id,
    found: graphOfPassage(id, { title, text }, found[at] ?? { entities: [], relations: [] }),
  }));
}

async function foundIn(read: readonly ReadPassage[], asking: Asking): Promise<readonly PassageFindings[]> {
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
): Promise<readonly PassageFindings[]> {
  const texts = read.map(({ title, text }) => `${title}\n${text}`);
  const names = (await model.names?.(texts, { label, signal })) ?? [];
  return names.map((entities) => ({ entities, relations: [] }));
}

async function askedFor(
  read: ReadPassage,
  { model, options, document, label, signal }: Asking,
): Promise<PassageFindings> {
  const prompt = graphPrompt(read, options, model.contextTokens);
  const reply = (await model.write?.(prompt, { label, signal })) ?? '';
  const found = readFindings(reply, options.types ?? usualTypes);
  if (found !== undefined) return found;
  throw new HeddleError(
    'graph_failed',
    `'${options.model}' returned no JSON with the entities of a passage of '${document}': try the document again, or choose another model for the graph.`,
    { details: { document, model: options.model } },
  );
}

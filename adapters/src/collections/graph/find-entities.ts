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

/** A document whose passages are read. */
export interface DocumentToRead {
  readonly id: string;
  readonly label: Label;
  readonly passages: readonly Passage[];
}

/** The entities and relations of a document, a call of the model a passage. Errors: `graph_failed`, `label_refused`, `budget_exceeded`, and those of the model. */
export async function findEntities(
  model: GraphModel,
  options: GraphOptions,
  { id, label, passages }: DocumentToRead,
  signal: AbortSignal,
): Promise<PassageGraph> {
  const found: PassageGraph[] = [];
  const width = model.destination.isLocal ? 1 : lanes;
  for (let from = 0; from < passages.length; from += width) {
    const settled = await Promise.allSettled(
      passages.slice(from, from + width).map(async (passage) => {
        const read = { title: passage.title ?? '', text: passage.text };
        return graphOfPassage(passage.id, read, await foundIn(read, { model, options, document: id, label, signal }));
      }),
    );
    // All of them are awaited: none of them runs on behind a failure.
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason;
      found.push(one.value);
    }
  }
  return {
    mentions: found.flatMap(({ mentions }) => mentions),
    relations: found.flatMap(({ relations }) => relations),
  };
}

interface Asking {
  readonly model: GraphModel;
  readonly options: GraphOptions;
  readonly document: string;
  readonly label: Label;
  readonly signal: AbortSignal;
}

async function foundIn(read: ReadPassage, asking: Asking): Promise<FoundInPassage> {
  const { model, signal } = asking;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return model.kind === 'names' ? await namesIn(read, asking) : await askedFor(read, asking);
    } catch (error) {
      const isOver = attempt >= attempts || !(error instanceof HeddleError && error.retryable);
      if (signal.aborted || isOver) throw error;
      await sleep(250 * 2 ** attempt, undefined, { signal });
    }
  }
}

async function namesIn({ title, text }: ReadPassage, { model, label, signal }: Asking): Promise<FoundInPassage> {
  const entities = (await model.names?.(`${title}\n${text}`, { label, signal })) ?? [];
  return { entities, relations: [] };
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

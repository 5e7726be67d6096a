import {
  HeddleError,
  NewSplitter,
  ReindexQuestion,
  type ReindexState,
  type SplitterOptions,
  type StoreKind,
} from '@heddle/core';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { print, printJson, printToStderr } from '../../output.js';
import { splitterOf, type SplitterFlags } from './splitter-flags.js';
import { withClient } from '../context.js';
import { doneText, followDocuments } from './follow-documents.js';
import type { JsonOption } from '../parse-argument.js';

const pathOf = (name: string) => ({ path: { name } });

/** `heddle reindex start`: creates a new index and fills it while the old one serves. */
export async function startReindex(
  name: string,
  options: SplitterFlags & JsonOption & { readonly model?: string; readonly store?: StoreKind },
  command: Command,
): Promise<void> {
  const asked = splitterOf(options);
  const state = await withClient(command, async ({ api }) => {
    const { serving } = await api.GET('/api/collections/{name}/reindex', { params: pathOf(name) });
    const { jobId } = await api.POST('/api/collections/{name}/reindex', {
      params: pathOf(name),
      body: {
        embedding: options.model,
        store: options.store,
        splitter: newSplitterOf(asked, options.header, serving.splitter),
      },
    });
    await followDocuments(api, jobId, doneText(name));
    return api.GET('/api/collections/{name}/reindex', { params: pathOf(name) });
  });
  show(state, options);
}

/**
 * The splitter of the new index. If only the header changes, the rest of the splitter stays, except for the size: it follows the embedding
 * model, which reads the header too.
 */
function newSplitterOf(
  asked: ReturnType<typeof splitterOf>,
  header: string | undefined,
  { maxTokens: _maxTokens, header: _header, ...now }: SplitterOptions,
): NewSplitter | undefined {
  const { header: _asked, ...others } = asked;
  if (header !== undefined && Object.keys(others).length === 0) return NewSplitter.parse({ ...now, ...asked });
  return Object.keys(asked).length === 0 ? undefined : NewSplitter.parse(asked);
}

/** `heddle reindex status`. */
export async function showReindex(name: string, options: JsonOption, command: Command): Promise<void> {
  show(
    await withClient(command, ({ api }) => api.GET('/api/collections/{name}/reindex', { params: pathOf(name) })),
    options,
  );
}

/** `heddle reindex compare`. */
export async function compareReindex(
  name: string,
  file: string | undefined,
  options: JsonOption & { readonly k: number },
  command: Command,
): Promise<void> {
  const questions = file === undefined ? [] : await readQuestions(file);
  const found = await withClient(command, ({ api }) =>
    api.POST('/api/collections/{name}/reindex/compare', {
      params: pathOf(name),
      body: { questions: [...questions], k: options.k },
    }),
  );
  if (options.json === true) {
    printJson(found);
    return;
  }
  const figures = ({ recall, reciprocalRank, confusions, ms }: (typeof found)['serving']): string =>
    `${confusions === undefined ? '' : `confusions ${confusions.toFixed(3)}, `}${recall === undefined ? '' : `recall ${recall.toFixed(3)}, `}${reciprocalRank === undefined ? '' : `reciprocal rank ${reciprocalRank.toFixed(3)}, `}${ms.toFixed(1)} ms a question`;
  print(
    `${found.questions} questions, ${found.labelled} of them labelled; ${Math.round(found.overlap * 100)} % of the documents are the same.`,
    `serving: ${figures(found.serving)}`,
    `other:   ${figures(found.other)}`,
  );
}

/** `heddle reindex switch`. */
export async function switchReindex(
  name: string,
  options: JsonOption & { readonly keepDays?: number; readonly force?: true; readonly overrideGate?: string },
  command: Command,
): Promise<void> {
  const { force = false, keepDays, overrideGate: reason } = options;
  const body = { force, keepDays, overrideGate: reason === undefined ? undefined : { reason } };
  const state = await withClient(command, ({ api }) =>
    api.POST('/api/collections/{name}/reindex/switch', { params: pathOf(name), body }),
  );
  show(state, options);
}

/** `heddle reindex back`. */
export async function backFromReindex(name: string, options: JsonOption, command: Command): Promise<void> {
  const state = await withClient(command, ({ api }) =>
    api.POST('/api/collections/{name}/reindex/back', { params: pathOf(name) }),
  );
  show(state, options);
}

/** `heddle reindex drop`. */
export async function dropReindex(
  name: string,
  which: 'next' | 'previous',
  _options: unknown,
  command: Command,
): Promise<void> {
  await withClient(command, ({ api }) =>
    api.DELETE('/api/collections/{name}/reindex', { params: { ...pathOf(name), query: { which } } }),
  );
  print(`${name}: the ${which} index is dropped.`);
}

async function readQuestions(file: string): Promise<readonly ReindexQuestion[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, at) => {
    try {
      return ReindexQuestion.parse(JSON.parse(line));
    } catch (cause) {
      throw new HeddleError(
        'usage',
        `Line ${at + 1} of '${file}' is not a question: write {"question": "…", "documents": ["…"], "notRelevant": ["…"]}.`,
        { cause },
      );
    }
  });
}

function show(state: ReindexState, { json }: JsonOption): void {
  if (json === true) {
    printJson(state);
    return;
  }
  const { serving, next, previous } = state;
  const about = ({ store, embedding, splitter, documents, passages }: ReindexState['serving']): string =>
    `${store}, ${embedding}, ${splitter.kind} ${splitter.maxTokens}${splitter.header === undefined ? '' : `, headers by ${splitter.header.model}`}${documents === undefined ? '' : `, ${documents} documents`}${passages === undefined ? '' : `, ${passages} passages`}`;
  print(`serving:  ${about(serving)}`);
  if (next !== undefined) print(`next:     ${about(next.info)}; ${next.missing} documents are missing`);
  if (previous !== undefined)
    print(`previous: ${about(previous.info)}; kept until ${new Date(previous.keptUntil).toISOString()}`);
  for (const { document, message } of next?.failures ?? []) printToStderr(`${document}: ${message}`);
}

import { withoutUndefined, type SearchSettings } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, printToStderr, table } from '../output.js';
import { withClient, withFolder } from './context.js';
import type { JsonOption } from './parse-argument.js';

/** `heddle collections reset`: works on the folder itself and needs the server stopped, because a server has the file open. */
export async function resetCollections(options: JsonOption, command: Command): Promise<void> {
  const why = 'it has the file of the collections open.';
  const movedTo = await withFolder(command, { why }, ({ parts: { collectionsFile, audit, clock } }) =>
    collectionsFile?.reset(audit, clock.now()),
  );
  if (options.json === true) printJson({ isReset: true, movedTo });
  else
    print(
      `There are no collections now: create them and import the documents again.${movedTo === undefined ? '' : ` The previous files are in ${movedTo}.`}`,
    );
}

/** `heddle collections list`. */
export async function listCollections({ json }: JsonOption, command: Command): Promise<void> {
  const { collections, unreachable } = await withClient(command, ({ api }) => api.GET('/api/collections'));
  for (const { store, message } of unreachable) printToStderr(`Collections in ${store} are missing here: ${message}`);
  if (json === true) printJson(collections);
  else if (collections.length === 0) print('There are no collections: heddle ingest NAME FOLDER creates one.');
  else
    print(
      ...table([
        ['name', 'title', 'documents', 'passages', 'model', 'label'],
        ...collections.map((info) => [
          ...[info.name, info.title, String(info.documents ?? '-'), String(info.passages ?? '-')],
          ...[info.embedding, info.label.level],
        ]),
      ]),
    );
}

/** `heddle collections title`. */
export async function titleCollection(
  name: string,
  title: string,
  { json }: JsonOption,
  command: Command,
): Promise<void> {
  const info = await withClient(command, ({ api }) =>
    api.PATCH('/api/collections/{name}', { params: { path: { name } }, body: { title } }),
  );
  if (json === true) printJson(info);
  else print(`${name} has the title ${info.title}.`);
}

interface RelevanceOptions extends JsonOption {
  readonly mode?: 'calibrated' | 'manual' | 'off';
  readonly minimum?: number;
  readonly compute?: true;
}

/** `heddle collections relevance`. */
export async function relevanceOfCollection(
  name: string,
  { mode, minimum, compute, json }: RelevanceOptions,
  command: Command,
): Promise<void> {
  const params = { path: { name } };
  const found = await withClient(command, async ({ api }) => {
    const wanted = mode ?? (minimum === undefined ? undefined : 'manual');
    if (wanted !== undefined)
      await api.PUT('/api/collections/{name}/relevance', {
        params,
        body: { setting: { mode: wanted, minimum } },
      });
    return compute === true
      ? api.POST('/api/collections/{name}/relevance/calibrate', { params })
      : api.GET('/api/collections/{name}/relevance', { params });
  });
  if (json === true) {
    printJson(found);
    return;
  }
  const { setting, calibrated, inEffect } = found;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  if (setting.mode === 'off') print(`${name}: no threshold; every question gets the nearest passages.`);
  else if (calibrated === undefined || inEffect === undefined)
    print(`${name}: ${setting.mode}; the threshold is computed at the first question, or now with --compute.`);
  else
    print(
      `${name}: ${setting.mode}, threshold ${inEffect.minimum.toFixed(2)}; refuses about ${percent(inEffect.lost)} of the questions that the documents answer, ${percent(inEffect.refused)} of those about other topics, ${percent(inEffect.refusedNear)} of those about the same topic that they do not answer.`,
    );
}

interface SearchOptions extends JsonOption {
  readonly mode?: SearchSettings['mode'];
  readonly weight?: number;
  readonly titleWeight?: number;
  readonly diversity?: number;
  readonly graphWeight?: number;
  readonly neighbours?: number;
  readonly returns?: SearchSettings['returns'];
  /** The id of a model; `false` removes the reranker. */
  readonly rerank?: string | boolean;
  readonly candidates?: number;
  readonly continue?: true;
  readonly clear?: true;
}

/** `heddle collections search-settings`: changes the given settings and keeps the others. */
export async function searchSettingsOfCollection(
  name: string,
  { json, clear, ...given }: SearchOptions,
  command: Command,
): Promise<void> {
  const params = { path: { name } };
  const { settings } = await withClient(command, async ({ api }) => {
    const before = await api.GET('/api/collections/{name}/search-settings', { params });
    const isChanged = clear === true || Object.values(given).some((value) => value !== undefined && value !== true);
    if (!isChanged && given.continue === undefined) return before;
    const wanted = changedSettings(clear === true ? {} : before.settings, given);
    return api.PUT('/api/collections/{name}/search-settings', {
      params,
      body: { settings: wanted, base: before.settings },
    });
  });
  if (json === true) printJson(settings);
  else print(`${name}: ${searchText(settings)}`);
}

/**
 * Applies the given options to settings. Reranker options without a reranker are sent with an empty model, which the server refuses with
 * `bad_request`.
 */
function changedSettings(
  before: SearchSettings,
  {
    rerank,
    candidates,
    continue: goesOn,
    mode,
    weight,
    titleWeight,
    diversity,
    graphWeight,
    neighbours,
    returns,
  }: Omit<SearchOptions, 'json' | 'clear'>,
): SearchSettings {
  const { reranker, ...kept } = before;
  const model = typeof rerank === 'string' ? rerank : (reranker?.model ?? '');
  const ifUnavailable = goesOn === true ? 'continue' : (reranker?.ifUnavailable ?? 'fail');
  const hasReranker =
    rerank !== false &&
    (typeof rerank === 'string' || reranker !== undefined || candidates !== undefined || goesOn === true);
  return withoutUndefined({
    ...kept,
    ...withoutUndefined({ mode, weight, titleWeight, diversity, graphWeight, neighbours, returns }),
    reranker: hasReranker ? { model, candidates: candidates ?? reranker?.candidates ?? 30, ifUnavailable } : undefined,
  });
}

function searchText({
  mode = 'hybrid',
  weight,
  titleWeight,
  diversity,
  graphWeight,
  neighbours,
  returns,
  reranker,
}: SearchSettings): string {
  const parts = [
    mode,
    weight === undefined ? '' : `semantic weight ${weight}`,
    titleWeight === undefined ? '' : `title weight ${titleWeight}`,
    diversity === undefined ? '' : `diversity ${diversity}`,
    graphWeight === undefined ? '' : `graph weight ${graphWeight}`,
    neighbours === undefined ? '' : `${neighbours} adjacent passages`,
    returns === undefined ? '' : `returns the ${returns}`,
    reranker === undefined
      ? 'no reranker'
      : `reranked by ${reranker.model} out of ${reranker.candidates} passages${reranker.ifUnavailable === 'continue' ? ', without it while it cannot be reached' : ''}`,
  ];
  return `${parts.filter((part) => part !== '').join(', ')}.`;
}

import {
  HeddleError,
  withoutUndefined,
  type CollectionGraph,
  type CollectionInfo,
  type GraphEstimate,
  type GraphFailure,
  type GraphOptions,
  type GraphState,
  type Graphs,
} from '@heddle/core';
import type { CollectionContext } from '../collection-context.js';
import { checkGraphModel } from './check-graph.js';
import { countVisible, pageOfEntities, viewEntity } from './entity-view.js';
import { fillGraph } from './fill-graph.js';
import { graphKey, parseGraphOptions, readGraphOptions } from './graph-options.js';
import { graphPrompt } from './graph-prompt.js';
import { openMerged } from './merged-reads.js';
import { mostMentioned, suggestMerges } from './suggest-merges.js';
import { openView, type GraphReader, type GraphView } from './graph-view.js';
import { documentsOfGraph, isMissing, type DocumentOfGraph } from './missing-documents.js';

const shownFailures = 100;
/** How many documents an estimate samples, spread over the collection. */
const sampled = 24;

/** The knowledge graph of a collection, limited to what a reader may see. */
export function collectionGraph(
  context: CollectionContext,
  graphs: Graphs,
  { label }: Pick<CollectionInfo, 'label'>,
  reader: GraphReader,
): CollectionGraph {
  const { inner } = context;
  const checked = async (wanted: GraphOptions): Promise<GraphOptions> => {
    const options = parseGraphOptions(inner.name, wanted);
    await checkGraphModel(graphs, { name: inner.name, label }, options.model);
    return options;
  };
  const state = async (): Promise<GraphState> => stateOf(context, graphs, await openView(inner, reader));
  const looking = async () => {
    const [store, view] = await Promise.all([openMerged(graphs.store, inner.name), openView(inner, reader)]);
    return { inner, store, view };
  };
  return {
    options: () => readGraphOptions(inner),
    state,
    set: async (wanted) => {
      const options = wanted && (await checked(wanted));
      if (options !== undefined) await graphs.store.begin(inner.name);
      await inner.setNote(graphKey, options && JSON.stringify(options));
      if (options === undefined) await graphs.store.forget(inner.name);
      return state();
    },
    estimate: async (wanted) => estimate(context, graphs, await checked(wanted)),
    fill: async (options = {}) => {
      await fillGraph(inner, graphs, options);
      return state();
    },
    entities: async (page) => {
      const { entities, next } = await pageOfEntities(await looking(), page);
      return withoutUndefined({ entities: [...entities], next });
    },
    entity: async (id) => viewEntity(await looking(), id),
    ...mergesOf(inner, graphs, looking),
    without: (more) =>
      collectionGraph(
        context,
        graphs,
        { label },
        { ...reader, hidden: () => new Set([...reader.hidden(), ...more()]) },
      ),
  };
}

type OpenGraph = () => Promise<Parameters<typeof countVisible>[0]>;

/** Merges, and what a person decides about suggested ones, limited to visible entities. */
function mergesOf(
  inner: CollectionContext['inner'],
  { store }: Graphs,
  looking: OpenGraph,
): Pick<CollectionGraph, 'merge' | 'unmerge' | 'suggestions' | 'keepApart'> {
  /** The roots of entities. Throws if the reader may not see one of the entities. */
  const rootsOf = async (ids: readonly string[]): Promise<readonly string[]> => {
    const at = await looking();
    for (const id of ids) if ((await viewEntity(at, id)) === undefined) throw noEntity(inner.name, id);
    return ids.map((id) => at.store.rootOf(id));
  };
  return {
    merge: async ({ entity, into }) => {
      const [from = entity, target = into] = await rootsOf([entity, into]);
      if (from === target)
        throw new HeddleError(
          'bad_request',
          `'${entity}' and '${into}' of '${inner.name}' are already the same entity.`,
        );
      await store.merge(inner.name, { entity: from, target });
    },
    unmerge: async (entity) => {
      await rootsOf([entity]);
      await store.unmerge(inner.name, entity);
    },
    suggestions: async () => {
      const at = await looking();
      const entities = at.view.isWhole
        ? await mostMentioned(at.store, inner.name)
        : (await countVisible(at)).map(({ members: _members, ...one }) => one);
      return suggestMerges(at, entities, await store.apart(inner.name));
    },
    keepApart: async ({ one, other }) => {
      const [first = one, second = other] = await rootsOf([one, other]);
      if (first === second)
        throw new HeddleError('bad_request', `'${one}' and '${other}' of '${inner.name}' are the same entity.`);
      await store.keepApart(inner.name, { one: first, other: second });
    },
  };
}

const noEntity = (collection: string, entity: string): HeddleError =>
  new HeddleError('graph_missing', `No document of '${collection}' that you may read mentions '${entity}'.`);

async function stateOf(
  { inner }: Pick<CollectionContext, 'inner'>,
  { store }: Graphs,
  view: GraphView,
): Promise<GraphState> {
  const [options, info] = await Promise.all([readGraphOptions(inner), inner.info()]);
  const failures: GraphFailure[] = [];
  const found = { documents: 0, missing: 0, relations: 0 };
  if (options === undefined)
    return { documents: await shownDocuments(inner, view, info), missing: 0, failures, entities: 0, relations: 0 };
  for await (const page of documentsOfGraph(inner, store, options, info))
    for (const one of page.filter(({ info: document }) => view.shows(document))) {
      const { stored, key, info: document } = one;
      found.documents += 1;
      found.relations += stored?.relations ?? 0;
      if (isMissing(one)) found.missing += 1;
      if (stored?.failure !== undefined && stored.key === key && failures.length < shownFailures)
        failures.push({ document: document.id, ...stored.failure });
    }
  const merged = await openMerged(store, inner.name);
  const { entities } = view.isWhole
    ? await merged.counts(inner.name)
    : { entities: (await countVisible({ inner, store: merged, view })).length };
  return { options, ...found, failures, entities };
}

/** The number of documents that the reader of a view may read. */
async function shownDocuments(
  inner: CollectionContext['inner'],
  view: GraphView,
  { documents, restricted = 0 }: CollectionInfo,
): Promise<number> {
  if (restricted === 0) return documents;
  let shown = 0;
  for (let after: string | undefined; ;) {
    const page = await inner.documents(withoutUndefined({ after, limit: 1_000 }));
    shown += page.filter((document) => view.shows(document)).length;
    after = page.at(-1)?.id;
    if (page.length < 1_000) return shown;
  }
}

/** Estimates what the model would read: all documents whose entities are missing under these options. */
async function estimate(context: CollectionContext, graphs: Graphs, options: GraphOptions): Promise<GraphEstimate> {
  const { inner } = context;
  const [info, { kind, destination, contextTokens }] = await Promise.all([
    inner.info(),
    graphs.describe(options.model),
  ]);
  const missing: DocumentOfGraph[] = [];
  for await (const page of documentsOfGraph(inner, graphs.store, options, info))
    missing.push(...page.filter(isMissing));
  const passages = openPassages(missing, await graphs.store.keptCounts(inner.name));
  const perPassage = kind === 'names' ? 0 : await tokensOfPassage(context, info, missing, { options, contextTokens });
  return {
    documents: missing.length,
    passages,
    tokens: Math.round(perPassage * passages),
    isLocal: destination.isLocal,
  };
}

/** How many passages of the documents have not been read yet. */
function openPassages(
  missing: readonly DocumentOfGraph[],
  kept: Awaited<ReturnType<Graphs['store']['keptCounts']>>,
): number {
  const counts = new Map(kept.map(({ document, key, passages }) => [`${document}\n${key}`, passages]));
  return missing.reduce(
    (sum, { info, key }) => sum + Math.max(0, info.passages - (counts.get(`${info.id}\n${key}`) ?? 0)),
    0,
  );
}

/** The mean number of tokens of a prompt, measured on a sample of the documents. */
async function tokensOfPassage(
  { inner, tokenizer }: CollectionContext,
  { embedding }: CollectionInfo,
  missing: readonly DocumentOfGraph[],
  { options, contextTokens }: { readonly options: GraphOptions; readonly contextTokens: number },
): Promise<number> {
  const counter = await tokenizer(embedding);
  const step = Math.max(1, Math.ceil(missing.length / sampled));
  let tokens = 0;
  let passages = 0;
  for (let at = 0; at < missing.length; at += step)
    for (const { title = '', text } of await inner.passages(missing[at]?.info.id ?? '')) {
      const { system, prompt } = graphPrompt({ title, text }, options, contextTokens);
      tokens += counter.count(system) + counter.count(prompt);
      passages += 1;
    }
  return passages === 0 ? 0 : tokens / passages;
}

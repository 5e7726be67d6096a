import {
  collectionNotFound,
  HeddleError,
  labelOf,
  mayRead,
  SearchSettings,
  type Collection,
  type CollectionGraph,
  type CollectionInfo,
  type Collections,
  type DocumentInfo,
  type DocumentInput,
  type GraphOptions,
  type GraphState,
  type IngestReport,
  type Passage,
  type ReaderRules,
  type ReindexState,
  type Reindexing,
  type RelevanceSetting,
  type ReaderNamesNow,
} from '@heddle/core';

/**
 * Creates collections in memory. They store each document as one text passage with its readers, and find documents by a word. Documents
 * with the text `bad` fail.
 */
export function createFakeCollections(): Collections & {
  readonly stored: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** For each ingest, whether it also processed unchanged documents. */
  readonly forced: readonly boolean[];
} {
  const stored = new Map<string, Map<string, string>>();
  const infos = new Map<string, CollectionInfo>();
  const forced: boolean[] = [];
  const settings = new Map<string, RelevanceSetting>();
  const graphs = new Map<string, GraphOptions>();
  const searches = new Map<string, SearchSettings>();
  const lists = new Map<string, readonly string[]>();
  const rules = new Map<string, ReaderRules>();
  const open = (name: string, names?: ReaderNamesNow): Collection => {
    const listOf = (id: string): readonly string[] | undefined => lists.get(`${name} ${id}`);
    const setList = (id: string, list: readonly string[] | null): unknown =>
      list === null ? lists.delete(`${name} ${id}`) : lists.set(`${name} ${id}`, list);
    const readable = async (): Promise<(id: string) => boolean> => {
      const given = await names?.();
      return (id) => given === undefined || mayRead(listOf(id), given);
    };
    const texts = stored.get(name);
    const info = infos.get(name);
    if (texts === undefined || info === undefined) throw collectionNotFound(name);
    const passage = (id: string, text: string): Passage => ({ id: `${id}#0`, document: id, text, score: 1 });
    const documentInfo = (id: string): DocumentInfo => ({
      id,
      title: id,
      mediaType: 'text/plain',
      hash: '',
      passages: 1,
      updatedAt: 0,
      size: texts.get(id)?.length ?? 0,
      ...(listOf(id) === undefined ? {} : { readers: [...(listOf(id) ?? [])] }),
    });
    return {
      name,
      readableBy: (given) => open(name, given),
      readers: {
        set: async (document, readers) => {
          const within = [...texts.keys()].filter((id) => id === document || id.startsWith(`${document}#`));
          for (const id of within) setList(id, readers);
          return within.length;
        },
        rules: async () => rules.get(name),
        setRules: async (given) => {
          if (given === undefined) rules.delete(name);
          else rules.set(name, given);
          return 0;
        },
      },
      settings: {
        get: async () => searches.get(name) ?? {},
        set: async (wanted) => {
          searches.set(name, SearchSettings.parse(wanted));
          return wanted;
        },
        tried: async () => open(name, names),
      },
      graph: fakeGraph(graphs, name),
      relevance: {
        get: async () => ({ setting: settings.get(name) ?? { mode: 'calibrated' }, estimates: [] }),
        set: async (setting) => {
          settings.set(name, setting);
          return { setting, estimates: [] };
        },
        calibrate: async () => ({ setting: settings.get(name) ?? { mode: 'calibrated' }, estimates: [] }),
      },
      info: async () => ({ ...info, documents: texts.size, passages: texts.size }),
      search: async ({ query, k = 10 }) => {
        const isReadable = await readable();
        return [...texts]
          .filter(([id, text]) => text.includes(query) && isReadable(id))
          .slice(0, k)
          .map(([id, text]) => passage(id, text));
      },
      ingest: async (documents, { sync = false, force = false, onProgress } = {}) => {
        forced.push(force);
        const seen = new Set<string>();
        const failures: IngestReport['failures'][number][] = [];
        for await (const document of documents) {
          seen.add(document.id);
          const text = textOf(document);
          if (text === 'halt') throw new HeddleError('ingest_failed', 'The embedding model is gone.');
          if (document.error !== undefined)
            failures.push({ document: document.id, code: document.error.code, message: document.error.message });
          else if (text === 'bad')
            failures.push({ document: document.id, code: 'document_damaged', message: 'It is damaged.' });
          else {
            texts.set(document.id, text);
            if (document.readers !== undefined) setList(document.id, document.readers);
          }
          onProgress?.({
            documents: seen.size,
            done: texts.size,
            unchanged: 0,
            failed: failures.length,
            removed: 0,
            passages: texts.size,
            tokens: 0,
          });
        }
        const gone = sync ? [...texts.keys()].filter((id) => !seen.has(id)) : [];
        for (const id of gone) texts.delete(id);
        return {
          documents: seen.size,
          done: texts.size,
          unchanged: 0,
          failed: failures.length,
          removed: gone.length,
          passages: texts.size,
          tokens: 0,
          failures,
        };
      },
      delete: async (ids) => ids.filter((id) => texts.delete(id)).length,
      documents: async ({ after = '', limit = 1_000 } = {}) => {
        const isReadable = await readable();
        return [...texts.keys()]
          .filter((id) => id > after && isReadable(id))
          .sort()
          .slice(0, limit)
          .map(documentInfo);
      },
      document: async (id) => (texts.has(id) && (await readable())(id) ? documentInfo(id) : undefined),
      passages: async (id) => {
        const text = texts.get(id);
        return text === undefined || !(await readable())(id) ? [] : [passage(id, text)];
      },
    };
  };
  const stateOf = async (name: string): Promise<ReindexState> => ({
    serving: await open(name).info(),
    next: undefined,
  });
  const reindexing: Reindexing = {
    state: stateOf,
    begin: stateOf,
    estimate: async (name) => {
      const { embedding, splitter, documents, passages } = await open(name).info();
      const counts = { documents, passages, passagesNow: passages, tokens: 0, ms: 0, sampled: documents };
      return { embedding, splitter, ...counts, failures: [] };
    },
    fill: stateOf,
    switch: stateOf,
    back: stateOf,
    compare: () => Promise.reject(new HeddleError('conflict', 'The fake has one index.')),
    discard: async () => true,
    sweep: async () => [],
  };
  return {
    reindexing,
    stored,
    forced,
    create: async ({ name, embedding, label }) => {
      if (stored.has(name)) throw new HeddleError('collection_exists', `Collection '${name}' exists.`);
      stored.set(name, new Map());
      const splitter = { kind: 'markdown' as const, maxTokens: 200, overlapTokens: 20 };
      infos.set(name, {
        name,
        embedding,
        dimensions: 3,
        splitter,
        label: label ?? labelOf('internal'),
        store: 'embedded',
        documents: 0,
        passages: 0,
        createdAt: 0,
        updatedAt: 0,
      });
      return open(name);
    },
    list: async () => [...infos.values()],
    survey: async () => ({ collections: [...infos.values()], stores: ['embedded'], unreachable: [] }),
    open: async (name) => open(name),
    drop: async (name) => infos.delete(name) && stored.delete(name),
  };
}

function textOf({ content }: DocumentInput): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}

/** A graph that stores its options and finds nothing. */
function fakeGraph(graphs: Map<string, GraphOptions>, name: string): CollectionGraph {
  const state = async (): Promise<GraphState> => ({
    options: graphs.get(name),
    documents: 0,
    missing: 0,
    failures: [],
    entities: 0,
    relations: 0,
  });
  return {
    options: async () => graphs.get(name),
    state,
    set: async (wanted) => {
      if (wanted === undefined) graphs.delete(name);
      else graphs.set(name, wanted);
      return state();
    },
    estimate: async () => ({ documents: 0, passages: 0, tokens: 0, isLocal: true }),
    fill: state,
    entities: async () => ({ entities: [] }),
    entity: async () => undefined,
    merge: async () => undefined,
    unmerge: async () => undefined,
    suggestions: async () => [],
    keepApart: async () => undefined,
    without: () => fakeGraph(graphs, name),
  };
}

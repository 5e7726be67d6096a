import { describe, expect, it } from '@jest/globals';
import {
  compilePlan,
  createCatalog,
  defaultLabel,
  effectOf,
  HeddleError,
  ReplayMode,
  type DocumentNode,
  type Resources,
  type RunAcceptance,
  type RunEvent,
  type WorkflowDocument,
} from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createLimits, createMemoryJournal, startRun, type EngineHost } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';

/** A configuration of a node, and its effects in an ordinary run. */
interface Row {
  readonly config?: Readonly<Record<string, unknown>>;
  /** Inputs of the node, each from an input of the run. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Effects of an ordinary run; left out, it has none. */
  readonly does?: readonly string[];
  /** The error of the replay; left out, it ends with an answer. */
  readonly ends?: 'replay_would_call';
}

const tools = [{ use: 'http', permission: 'allow' }];
const chat = { inputs: { messages: [{ role: 'user', content: 'Well?' }] } };

/** The rows by node type; a type without a row fails the test. */
const rows: Readonly<Record<string, Row | 'inside others'>> = {
  agent: { config: { model: 'm', tools }, ...chat, does: ['fetch.fetch'], ends: 'replay_would_call' },
  http: { config: { url: 'https://shop.test/' }, does: ['fetch.fetch'], ends: 'replay_would_call' },
  load: {
    config: { source: 'url' },
    inputs: { url: 'https://shop.test/a' },
    does: ['fetch.fetch'],
    ends: 'replay_would_call',
  },
  store: {
    config: { collection: 'c' },
    inputs: { text: 'new' },
    does: ['collection.ingest'],
    ends: 'replay_would_call',
  },
  memory: { config: { mode: 'write' }, inputs: { session: 's', reply: 'yes' }, does: ['memory.append'] },
  cache: { config: { mode: 'store', name: 'x' }, inputs: { key: 'k', value: 1 }, does: ['cache.set'] },
  'human-input': { config: { title: 'May I?' }, does: ['people'], ends: 'replay_would_call' },
  code: { config: { code: 'return 1;' }, inputs: { value: 'a' } },
  retrieve: { config: { collection: 'c' }, inputs: { query: 'leave' } },
  generate: { config: { model: 'm' }, ...chat },
  reason: { config: { model: 'm' }, ...chat },
  wait: { config: { amount: 5, unit: 'minutes' }, inputs: { value: 1 } },
};

/** Types that only compute, choose, or call models, and have no other effects. */
const computing = new Set([
  ...['input', 'output', 'merge', 'switch', 'restore', 'split', 'classify', 'critique', 'fallback', 'ground', 'guard'],
  ...['moderate', 'redact', 'rerank', 'rewrite', 'route', 'self-query', 'vote', 'embed', 'set', 'prompt'],
]);
/** Types that run other workflows, whose nodes are guarded themselves. */
const nesting = new Set(['each', 'workflow']);

describe('effects of node types in a replay', () => {
  it('has a row for every type', () => {
    const known = new Set([...Object.keys(rows), ...computing, ...nesting]);
    expect(standardNodes.map(({ type }) => type).filter((type) => !known.has(type))).toEqual([]);
    // A type that declares an outside effect must have a row.
    const declared = standardNodes.filter(
      ({ effects, stores }) => stores === true || effects.some((effect) => effect !== 'model'),
    );
    expect(declared.map(({ type }) => type).filter((type) => !(type in rows))).toEqual([]);
  });

  for (const [type, row] of Object.entries(rows)) {
    if (row === 'inside others') continue;
    it(`${type}: no effect leaves`, async () => {
      const ordinary = await run(type, row, undefined);
      expect([...new Set(ordinary.left)]).toEqual(row.does ?? []);
      const replay = await run(type, row, ordinary.empty);
      expect(replay.left).toEqual([]);
      const { status, error } = replay.end;
      // On a mismatch, the message of the error is shown instead of its code.
      const code = error === undefined ? undefined : row.ends === error.code ? error.code : error.message;
      expect([status, code]).toEqual(row.ends === undefined ? ['done', undefined] : ['failed', row.ends]);
    });
  }
});

const fields = (values: Readonly<Record<string, unknown>>): object[] =>
  Object.entries(values).map(([name, value]) => ({
    name,
    type: name === 'messages' ? 'Messages' : typeof value === 'string' ? 'Text' : 'Json',
  }));

/** A workflow with only this node, and its inputs from the run; with `undefined`, one without it. */
function documentOf(node: DocumentNode | undefined, inputs: Readonly<Record<string, unknown>>): WorkflowDocument {
  const start = { type: 'input', version: 1, config: { fields: fields(inputs) } };
  return {
    heddle: 2,
    name: 'Sweep',
    nodes: { start, ...(node === undefined ? {} : { tried: node }) },
    edges:
      node === undefined
        ? []
        : Object.keys(inputs)
            .filter((name) => name !== 'unused')
            .map((name) => ({ from: `start.${name}`, to: `tried.${name}` })),
  };
}

/** Runs the node with resources that note its effects; with `recorded`, as a replay of a run that has no result of the node. */
async function run(
  type: string,
  { config = {}, inputs: own = {} }: Row,
  recorded: { readonly journal: EngineHost['journal']; readonly runId: string } | undefined,
) {
  // An input node has at least one field.
  const inputs = { unused: 'x', ...own };
  const left: string[] = [];
  const clock = createFakeClock();
  const journal = recorded?.journal ?? createMemoryJournal(clock);
  const catalog = createCatalog(standardNodes);
  const facts = { collections: new Map([['c', defaultLabel]]) };
  const planOf = (document: WorkflowDocument) => {
    const { plan, issues } = compilePlan(document, catalog, facts);
    if (plan === undefined) throw new Error(issues.map(({ message }) => message).join('\n'));
    return plan;
  };
  const host: EngineHost = {
    catalog,
    journal,
    clock,
    resources: worldOf(left),
    limits: createLimits(() => Infinity),
    secret: (name) => Promise.resolve({ name }),
    emit: () => undefined,
    random: () => 0.5,
    compile: ({ document }) => planOf(document),
  };
  const accept = async (runId: string, document: WorkflowDocument, replay?: ReplayMode) => {
    const acceptance: RunAcceptance = {
      runId,
      workflowId: undefined,
      workflowName: 'Sweep',
      time: clock.now(),
      trigger: 'test',
      options: {},
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, { value, label: defaultLabel }])),
      rootId: runId,
      origin: undefined,
      reused: [],
      ...(replay === undefined ? {} : { replay }),
    };
    await journal.accept(acceptance, { document, workflows: {} });
    const { done } = startRun(host, { plan: planOf(document), acceptance });
    let isOver = false;
    void done.then(() => (isOver = true));
    while (!isOver) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (clock.pending > 0 && !isOver) await clock.advance(120_000);
    }
    return done;
  };
  const node = { type, version: 1, config: { ...config } } as DocumentNode;
  const empty = { journal, runId: recorded?.runId ?? 'empty' };
  if (recorded === undefined) await accept('empty', documentOf(undefined, inputs));
  const runId = recorded === undefined ? 'ordinary' : 'replay';
  const mode = recorded === undefined ? undefined : ReplayMode.parse({ of: recorded.runId });
  const end = await accept(runId, documentOf(node, inputs), mode);
  const events: readonly RunEvent[] = await journal.events(runId);
  if (events.some((event) => event.type === 'human-input-start')) left.push('people');
  return { left, end, empty };
}

/** Resources that note each effect, and answer so that a node goes on. */
function worldOf(left: string[]): Resources {
  const destination = { name: 'here', clearance: 'restricted', isLocal: true } as const;
  let asked = 0;
  const known: Readonly<Record<string, object>> = {
    languageModel: {
      info: { id: 'm', destination, contextTokens: 8_000, supports: { tools: true, schema: true, images: false } },
      countTokens: async () => 1,
      async *generate({ tools: offered }: { readonly tools?: readonly { readonly name: string }[] }) {
        asked += 1;
        yield { type: 'started' };
        if (offered !== undefined && offered.length > 0 && asked === 1)
          yield { type: 'tool-call', id: '1', name: offered[0]!.name, arguments: '{"url":"https://shop.test/"}' };
        else yield { type: 'text', text: 'yes' };
        yield { type: 'end', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, model: 'm' };
      },
    },
    embedder: {
      id: 'e',
      destination,
      dimensions: 1,
      maxTokens: 9,
      embed: async (texts: string[]) => texts.map(() => new Float32Array([1])),
    },
    collection: {
      name: 'c',
      destination,
      search: async () => [],
      info: async () => ({ name: 'c', label: defaultLabel }),
      ingest: async () => ({
        documents: 1,
        done: 1,
        unchanged: 0,
        failed: 0,
        removed: 0,
        passages: 1,
        tokens: 1,
        failures: [],
      }),
    },
    fetch: {
      destination,
      fetch: async ({ url }: { url: string }) => ({
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: new Uint8Array([65]),
        url,
      }),
    },
    documents: { parse: async () => ({ text: 'A', spans: [], mediaType: 'text/plain', pages: 1 }), split: () => [] },
    memory: { append: async () => undefined },
    cache: { set: async () => undefined, get: async () => ({}) },
    tools: { list: async () => [], admit: async () => undefined, destinationOf: async () => undefined },
    sandbox: { run: async () => 1 },
  };
  const use: Resources['use'] = (...[kind]) => {
    const target = known[kind];
    if (target === undefined)
      return Promise.reject(new HeddleError('resource_unavailable', `This test has no ${kind}.`));
    const watched = new Proxy(target, {
      get(object, name) {
        const member: unknown = Reflect.get(object, name, object);
        if (typeof member !== 'function' || typeof name !== 'string') return member;
        return (...args: unknown[]): unknown => {
          const effect = effectOf(kind, name);
          if (effect === 'write' || effect === 'effect') left.push(`${kind}.${name}`);
          return Reflect.apply(member, object, args);
        };
      },
    });
    return Promise.resolve(watched as never);
  };
  return { use };
}

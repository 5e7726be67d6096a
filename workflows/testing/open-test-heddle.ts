import { FolderBlobs } from '@heddle/adapters/blobs';
import { createCollections } from '@heddle/adapters/collections';
import { createDocuments, readFolder } from '@heddle/adapters/documents';
import { createFiles } from '@heddle/adapters/files';
import { LocalModelHub, defaultModelsFolder } from '@heddle/adapters/models';
import { ChildSandbox } from '@heddle/adapters/sandbox';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import {
  compilePlan,
  createCatalog,
  defaultLabel,
  HeddleError,
  parseDocument,
  type Clock,
  type Collections,
  type FileRef,
  type LanguageModel,
  type ModelHub,
  type NodeCatalog,
  type ResourceArguments,
  type ResourceKind,
  type ResourceMap,
  type Resources,
  type StreamEvent,
} from '@heddle/core';
import {
  createLimits,
  createMemoryJournal,
  resumeRun,
  startRun,
  type EngineHost,
  type RunOutcome,
} from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rememberVectors } from './remember-vectors.js';
import { createTestRouting } from './test-routing.js';

/** Heddle without a server, in a temporary folder and with the real starter models, for the tests of templates. */
export interface TestHeddle {
  readonly collections: Collections;
  readonly models: ModelHub;
  /** Runs a workflow file to its end. */
  run(file: string, inputs: Readonly<Record<string, unknown>>): Promise<TestRun>;
  /** Uploads a file for an input of type file. */
  upload(file: string): Promise<FileRef>;
  /** Creates a collection with the starter embedding model and imports a folder. */
  ingest(name: string, folder: string): Promise<void>;
  close(): Promise<void>;
}

export interface TestHeddleOptions {
  /** The folders that workflows may read. */
  readonly folders?: readonly string[];
  /** Gives the models of connections; their names contain a slash. */
  readonly remote?: (id: string) => Promise<LanguageModel>;
}

/** The end of a run, with the values of its outputs and all its events. */
export interface TestRun {
  readonly outcome: RunOutcome;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly events: readonly StreamEvent[];
}

/** The wall clock. Its timers do not keep the process alive, so the process can end while one is still set. */
export const clock: Clock = {
  now: () => Date.now(),
  at: (time, callback) => {
    const timer = setTimeout(callback, Math.max(0, time - Date.now())).unref();
    return () => clearTimeout(timer);
  },
};

/** Whether the starter models are on this machine. Without them, the tests report that they were skipped. */
export async function hasStarterModels(): Promise<boolean> {
  const hub = new LocalModelHub({ modelsFolder: defaultModelsFolder(), dataFolder: tmpdir() });
  const states = await hub.list();
  await hub.close();
  return states
    .filter((state) => state.card.isStarter)
    .every((state) => state.status === 'ready' || state.status === 'loaded');
}

/** Opens a `TestHeddle`; close it when done. */
export async function openTestHeddle({ folders = [], remote }: TestHeddleOptions = {}): Promise<TestHeddle> {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-workflows-'));
  const models = new LocalModelHub({ modelsFolder: defaultModelsFolder(), dataFolder: folder });
  const documents = createDocuments();
  const store = createEmbeddedStore({ file: path.join(folder, 'collections.db') });
  const collections = createCollections({
    embedded: store,
    documents,
    embedder: async (id) => rememberVectors(await models.embedder(id), process.env['HEDDLE_TEST_VECTORS']),
    tokenizer: (id) => models.tokenizer(id),
  });
  const files = createFiles({ folders });
  const blobs = new FolderBlobs(path.join(folder, 'blobs'));
  const sandbox = new ChildSandbox();
  const catalog = createCatalog(standardNodes);
  const modelOf = async (id: string): Promise<LanguageModel> => {
    if (!id.includes('/')) return models.languageModel(id);
    if (remote !== undefined) return remote(id);
    throw new HeddleError('connection_not_found', `The tests bring no connection for '${id}'.`);
  };
  const resources = bind({
    languageModel: modelOf,
    routing: () => Promise.resolve(createTestRouting(modelOf)),
    embedder: (id) => models.embedder(id),
    reranker: (id) => models.reranker(id),
    classifier: (id) => models.classifier(id),
    tokenizer: (id) => models.tokenizer(id),
    collection: (id) => collections.open(id),
    documents: () => Promise.resolve(documents),
    files: () => Promise.resolve(files),
    blobs: () => Promise.resolve(blobs),
    sandbox: () => Promise.resolve(sandbox),
  });
  let runs = 0;
  return {
    collections,
    models,
    run: async (file, inputs) => {
      runs += 1;
      return runFile(file, inputs, catalog, resources, `run-${runs}`);
    },
    upload: async (file) =>
      blobs.put(await readFile(file), { name: path.basename(file), mediaType: 'application/octet-stream' }),
    ingest: async (name, source) => {
      const collection = await collections.create({ name, embedding: 'all-minilm-l6-v2' });
      const report = await collection.ingest(readFolder([source]));
      if (report.failures.length > 0) throw new Error(JSON.stringify(report.failures));
    },
    close: async () => {
      await models.close();
      await sandbox.close();
      await documents.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Openers = { readonly [Kind in ResourceKind]?: (id: string) => Promise<ResourceMap[Kind]> };

function bind(openers: Openers): Resources {
  return {
    use: async <Kind extends ResourceKind>(
      kind: Kind,
      ...args: ResourceArguments<Kind>
    ): Promise<ResourceMap[Kind]> => {
      const open: ((id: string) => Promise<ResourceMap[Kind]>) | undefined = openers[kind];
      if (open === undefined) throw new HeddleError('resource_unavailable', `The tests bring no '${kind}'.`);
      return open(args[0] ?? '');
    },
  };
}

/** Gives the value with which a test answers a human input request. */
export type AnswerQuestion = (question: AskedQuestion) => unknown;
type AskedQuestion = Extract<StreamEvent, { type: 'human-input-start' }>['question'];

/** Runs a workflow file to its end with these resources. Without `answer`, a human input request suspends the run. */
export async function runFile(
  file: string,
  inputs: Readonly<Record<string, unknown>>,
  catalog: NodeCatalog,
  resources: Resources,
  runId: string,
  answer?: AnswerQuestion,
): Promise<TestRun> {
  const document = parseDocument(await readFile(file, 'utf8'));
  const { plan, issues } = compilePlan(document, catalog);
  if (plan === undefined) throw new Error(`${file} has issues: ${JSON.stringify(issues)}`);
  const journal = createMemoryJournal(clock);
  const events: StreamEvent[] = [];
  const host: EngineHost = {
    catalog,
    journal,
    clock,
    resources,
    limits: createLimits(() => Infinity),
    secret: (name) => Promise.reject(new HeddleError('secret_not_found', `The tests have no secret '${name}'.`)),
    emit: (_runId, batch) => events.push(...batch),
    random: () => 0.5,
    compile: () => plan,
  };
  const acceptance = {
    runId,
    workflowId: undefined,
    workflowName: document.name,
    time: Date.now(),
    trigger: 'test' as const,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, { value, label: defaultLabel }])),
    options: {},
    rootId: runId,
    origin: undefined,
    reused: [],
  };
  await journal.accept(acceptance, { document, workflows: {} });
  const run = { plan, acceptance };
  let outcome = await startRun(host, run).done;
  while (answer !== undefined && outcome.status === 'suspended' && outcome.requests?.[0] !== undefined) {
    const [requestId] = outcome.requests;
    const asked = events.find((event) => event.type === 'human-input-start' && event.requestId === requestId);
    if (asked?.type !== 'human-input-start') throw new Error(`The question ${requestId} is not in the events.`);
    const resumed = resumeRun(host, run, await journal.events(runId));
    await resumed.answer(requestId, { value: answer(asked.question), by: 'ada' });
    outcome = await resumed.done;
  }
  const outputs = Object.fromEntries(
    Object.entries(outcome.outputs ?? {}).map(([name, output]) => [name, output.value]),
  );
  return { outcome, outputs, events };
}

import { createFiles } from '@heddle/adapters/files';
import { createFakeEmbedder, createFakeLanguageModel, createFakeTokenizer } from '@heddle/core/testing';
import {
  Connection,
  defaultProject,
  labelOf,
  SecretCard,
  ToolServer,
  type Classifier,
  type ModelHub,
  type Reranker,
  type WorkflowDocument,
} from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeCollections } from '../fake-collections.js';
import { startModelServer, type TestModelServer } from '../test-model-server.js';
import { startToolServer } from '../test-tool-server.js';
import { openTwoProjects, type TwoProjects } from '../../security/testing/two-projects.js';
import { probe, type ReachKind } from './probe.node.js';

/** One of the two projects; the names of its things begin with this. */
export type Side = 'alpha' | 'beta';
export const sides: readonly Side[] = ['alpha', 'beta'];
export const otherOf = (side: Side): Side => (side === 'alpha' ? 'beta' : 'alpha');

/** A thing of a project: its kind and id, and the canary that a caller sees who has reached it. */
export interface Thing {
  readonly kind: ReachKind;
  readonly id: string;
  readonly canary: string;
  /** True if not even runs of its own project reach it: a conversation belongs to a workflow and a subject. */
  readonly isPrivate?: boolean;
}

export interface ReachHouse extends TwoProjects {
  readonly things: Readonly<Record<Side, readonly Thing[]>>;
  projectOf(side: Side): string;
  /** Sets the next replies of the agents' model: one call of the tool `look` with this id, then an answer. */
  agentReadsNext(id: string): void;
}

/** The project of a thing or model, by its name. Fake models answer with it, never with what they were asked for. */
const sideOf = (id: string): Side => (id.startsWith('alpha') ? 'alpha' : 'beta');
const canary = (side: Side, kind: string): string => `canary-${side}-${kind}`;

/** Opens two projects, each with a thing of every kind that nodes can name. */
export async function openReachHouse(): Promise<ReachHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-reach-'));
  const folderOf = (side: Side): string => join(folder, `${side}-folder`);
  for (const side of sides) {
    mkdirSync(folderOf(side));
    writeFileSync(join(folderOf(side), 'secret.txt'), canary(side, 'files'));
  }
  const collections = createFakeCollections();
  let nextId: string | undefined;
  const agent = () => {
    const id = nextId;
    nextId = undefined;
    return Promise.resolve(id === undefined ? 'It is done.' : [{ name: 'look', args: { id } }]);
  };
  const [alphaModel, betaModel, agentModel, tools] = await Promise.all([
    startModelServer([canary('alpha', 'connection')]),
    startModelServer([canary('beta', 'connection')]),
    startModelServer([agent]),
    startToolServer(),
  ]);
  const receiver = await startReceiver();
  const house = await openTwoProjects({
    collections,
    models: fakeModels as ModelHub, // implements only what nodes use
    nodes: [...standardNodes, probe],
    files: (folders) => createFiles({ folders }),
    settings: { HEDDLE_FILES: sides.map(folderOf).join(',') },
  });
  const { heddle } = house.server;
  const { grants, parts, ownership } = heddle;
  const projectOf = (side: Side): string => (side === 'alpha' ? defaultProject : house.beta);

  const connect = (id: string, { baseUrl }: TestModelServer): Promise<unknown> =>
    heddle.connections.create(
      Connection.parse({
        id,
        kind: 'openai-compatible',
        baseUrl,
        clearance: 'restricted',
        isLocal: true,
        models: [{ name: 'one', supports: { tools: true } }],
      }),
      { who: 'local' },
    );
  await connect('alpha-far', alphaModel);
  await connect('beta-far', betaModel);
  await connect('agents', agentModel);
  grants.set('connection', 'agents', ['*']);
  const things = {} as Record<Side, readonly Thing[]>;
  // Beta comes first: files of the default project have rows of their own only if another project has things.
  for (const side of ['beta', 'alpha'] as const) {
    const project = projectOf(side);
    const transport = { kind: 'http', url: tools.url, isInside: true };
    await heddle.tools.create(ToolServer.parse({ id: `${side}-tools`, transport }), 'local');
    for (const { name, hash } of await heddle.tools.refresh(`${side}-tools`))
      await heddle.tools.approve(`${side}-tools`, name, { hash }, 'local');
    const collection = await collections.create({ name: `${side}-docs`, embedding: `${side}-model` });
    await collection.ingest([{ id: 'a', content: `secret: ${canary(side, 'collection')}` }]);
    ownership.assign('collection', `${side}-docs`, project);
    const file = await parts.blobs.put(Buffer.from(canary(side, 'file')), { name: 'a.txt', mediaType: 'text/plain' });
    ownership.assign('file', file.id, project);
    if (side === 'beta')
      for (const [kind, id] of [
        ['connection', 'beta-far'],
        ['tool', 'beta-tools'],
        ['model', 'beta-model'],
        ['folder', folderOf('beta')],
      ] as const)
        grants.set(kind, id, [project]);
    const owner = { project, workflow: 'w', subject: 'user:of-the-project' };
    const turns = [{ message: { role: 'user' as const, content: canary(side, 'memory') }, label: labelOf('public') }];
    const thread = await parts.conversations.begin(owner);
    await parts.conversations.memory(thread.id, 'r').append(turns, { idempotencyKey: side });
    const facts = [{ key: 'secret', text: canary(side, 'facts'), label: labelOf('public') }];
    await parts.facts.of(owner, { run: 'r' }).remember(facts, { idempotencyKey: side });
    for (const isPublished of [true, false])
      await parts.routing.caches
        .of({ ...owner, edition: 'e', isPublished })
        .set({ name: `${side}-prices`, isShared: true }, 'key', kept(canary(side, 'cache')), 3_600_000);
    await parts.secrets.store.save(
      SecretCard.parse({ owner: project, name: `${side}-key`, hosts: [new URL(receiver.url).host] }),
      `value-of-${side}`,
    );
    things[side] = [
      { kind: 'languageModel', id: `${side}-far/one`, canary: canary(side, 'connection') },
      ...(['languageModel', 'embedder', 'reranker', 'classifier', 'tokenizer'] as const).map((kind) => ({
        kind,
        id: `${side}-model`,
        canary: canary(side, kind),
      })),
      { kind: 'collection', id: `${side}-docs`, canary: canary(side, 'collection') },
      { kind: 'blobs', id: file.id, canary: canary(side, 'file') },
      { kind: 'files', id: `${side}-folder/secret.txt`, canary: canary(side, 'files') },
      { kind: 'tools', id: `${side}-tools`, canary: `${side}-tools__` },
      { kind: 'fetch', id: `${side}-key ${receiver.url}`, canary: canary(side, 'secret') },
      { kind: 'cache', id: `${side}-prices`, canary: canary(side, 'cache') },
      { kind: 'facts', id: owner.subject, canary: canary(side, 'facts'), isPrivate: true },
      { kind: 'memory', id: thread.id, canary: canary(side, 'memory'), isPrivate: true },
    ];
  }
  return {
    ...house,
    // Each document is stored once, because channels differ only in who starts its runs.
    workflow: storedOnce((project, document) => house.workflow(project, document)),
    published: storedOnce((project, document) => house.published(project, document)),
    things,
    projectOf,
    agentReadsNext: (id) => {
      nextId = id;
    },
    close: async () => {
      await house.close();
      await Promise.all([alphaModel, betaModel, agentModel, tools, receiver].map((server) => server.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function storedOnce<Made>(
  make: (project: string, document: WorkflowDocument) => Promise<Made>,
): (project: string, document: WorkflowDocument) => Promise<Made> {
  const made = new Map<string, Promise<Made>>();
  return (project, document) => {
    const key = `${project} ${JSON.stringify(document)}`;
    const known = made.get(key) ?? make(project, document);
    made.set(key, known);
    return known;
  };
}

/** Starts a server that answers with the owner of the secret that it received. */
async function startReceiver(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(({ headers }, response) => {
    const side = sides.find((one) => headers.authorization === `Bearer value-of-${one}`);
    response.end(side === undefined ? 'nothing came' : canary(side, 'secret'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // the server listens on a port
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const kept = (value: string) => ({ value, label: labelOf('public') });

const fakeModels: Partial<ModelHub> = {
  list: () => Promise.resolve([]),
  watch: () => () => undefined,
  languageModel: (id) => Promise.resolve(createFakeLanguageModel([{ text: canary(sideOf(id), 'languageModel') }])),
  embedder: (id) => Promise.resolve({ ...createFakeEmbedder(), id: canary(sideOf(id), 'embedder') }),
  reranker: (id) => Promise.resolve({ id: canary(sideOf(id), 'reranker') } as Reranker), // a probe reads only its id
  classifier: (id) => Promise.resolve({ id: canary(sideOf(id), 'classifier') } as Classifier), // a probe reads only its id
  tokenizer: (id) => Promise.resolve(createFakeTokenizer(canary(sideOf(id), 'tokenizer'))),
};

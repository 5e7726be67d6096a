import { describe, expect, it } from '@jest/globals';
import {
  ConnectionReply,
  createCatalog,
  ModelState,
  needsOfDocument,
  WorkflowDocument,
  type DataFlow,
  type TemplateGap,
} from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { findGaps, type ProjectStock } from './template-gaps.js';

const catalog = createCatalog(standardNodes);
const nothing: ProjectStock = {
  models: [],
  connections: [],
  collections: [],
  toolServers: [],
  showsConnections: true,
  hasFolders: false,
  policies: new Set(),
  presetsWithKey: new Set(['groq']),
  workflows: new Set(),
  hasSecret: () => false,
};

const model = (id: string, status: string, kind = 'generate'): ModelState =>
  ModelState.parse({
    status,
    bytes: 0,
    card: {
      id,
      title: id.toUpperCase(),
      kind,
      runtime: 'llama',
      summary: 's',
      publisher: 'p',
      licence: 'MIT',
      use: 'Any',
      format: 'gguf',
      contextTokens: 512,
      languages: [],
      isStarter: true,
      files: [{ role: 'weights', name: 'w', size: 1_000, sha256: '0'.repeat(64), sources: ['file:/w'] }],
    },
  });
const connection = (part: object): ConnectionReply =>
  ConnectionReply.parse({
    id: 'openai',
    kind: 'openai',
    key: 'vault',
    activity: { circuit: 'closed', inFlight: 0, waiting: 0 },
    ...part,
  });
const graph = (nodes: Readonly<Record<string, { readonly type: string; readonly config?: object }>>) =>
  WorkflowDocument.parse({
    heddle: 2,
    name: 'A',
    edges: [],
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, { version: 1, config: {}, ...node }])),
  });

function gapsOf(
  nodes: Parameters<typeof graph>[0],
  stock: Partial<ProjectStock> = {},
  { samples = {}, dataMap = [] }: { samples?: Readonly<Record<string, number>>; dataMap?: readonly DataFlow[] } = {},
): readonly TemplateGap[] {
  const document = graph(nodes);
  const needs = needsOfDocument(document, catalog);
  const template = { document, needs, dataMap, samples: new Map(Object.entries(samples)) };
  return findGaps(template, { ...nothing, ...stock }, catalog);
}
const remedies = (gaps: readonly TemplateGap[]): readonly unknown[] => gaps.map(({ remedy }) => remedy);
const local = { write: { type: 'generate', config: { model: 'small' } } };
const remote = { write: { type: 'reason', config: { model: 'openai/gpt' } } };

describe('a gap of a template', () => {
  it('is a model that is unknown, absent or downloading, and disappears once it is installed', () => {
    expect(gapsOf(local)).toMatchObject([
      { kind: 'model', target: 'small', isBlocking: true, remedy: { do: 'choose-model', model: 'small' } },
    ]);
    const absent = gapsOf(local, { models: [model('small', 'absent')] });
    expect(remedies(absent)).toEqual([{ do: 'download-model', model: 'small', bytes: 1_000 }]);
    expect(gapsOf(local, { models: [model('small', 'downloading')] })[0]?.message).toContain('is being downloaded');
    for (const status of ['ready', 'loaded']) expect(gapsOf(local, { models: [model('small', status)] })).toEqual([]);
  });

  it('is a connection that does not exist, is disabled or lacks its key', () => {
    expect(remedies(gapsOf(remote))).toEqual([{ do: 'add-connection', connection: 'openai' }]);
    const at = (part: object) => remedies(gapsOf(remote, { connections: [connection(part)] }));
    expect(at({ isEnabled: false })).toEqual([{ do: 'enable-connection', connection: 'openai' }]);
    expect(at({ key: 'none' })).toEqual([{ do: 'add-key', connection: 'openai' }]);
    expect(at({ key: 'none', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1/v1' })).toEqual([]);
    expect(at({ key: 'none', kind: 'openai-compatible', preset: 'groq', baseUrl: 'https://api.groq.com/v1' })).toEqual([
      { do: 'add-key', connection: 'openai' },
    ]);
    expect(at({})).toEqual([]);
  });

  it('is a clearance below the data that is sent, for a caller who may see connections', () => {
    const flow = { node: 'write', destination: 'openai/gpt', kind: 'model', isLocal: false, level: 'confidential' };
    const dataMap = [{ ...flow, marks: [], declassifiedBy: [] }] as unknown as readonly DataFlow[];
    const connections = [connection({ clearance: 'internal' })];
    expect(remedies(gapsOf(remote, { connections }, { dataMap }))).toEqual([
      { do: 'raise-clearance', connection: 'openai', from: 'internal', to: 'confidential' },
    ]);
    expect(gapsOf(remote, { connections, showsConnections: false }, { dataMap })).toEqual([]);
    expect(gapsOf(remote, { connections: [connection({ clearance: 'confidential' })] }, { dataMap })).toEqual([]);
    // A node with an alternative does not send such data to the connection.
    const choice = { write: { type: 'fallback', config: { models: ['openai/gpt', 'small'] } } };
    expect(gapsOf(choice, { connections, models: [model('small', 'ready')] }, { dataMap })).toEqual([]);
  });

  it('blocks a run only when a node has no alternative', () => {
    const choice = { write: { type: 'fallback', config: { models: ['openai/gpt', 'small'] } } };
    const withLocal = gapsOf(choice, { models: [model('small', 'ready')] });
    expect(withLocal).toMatchObject([{ kind: 'connection', target: 'openai', isBlocking: false }]);
    expect(gapsOf(choice).map(({ isBlocking }) => isBlocking)).toEqual([true, true]);
  });

  it('is a collection without documents, and the model that a new collection needs', () => {
    const search = { search: { type: 'retrieve', config: { collection: 'library' } } };
    const stock = { models: [model('mini', 'absent', 'embed')] };
    expect(gapsOf(search, stock)).toMatchObject([
      { kind: 'model', target: 'mini', isBlocking: true, remedy: { do: 'download-model' } },
      { kind: 'collection', target: 'library', isBlocking: false, remedy: { do: 'add-documents' } },
    ]);
    const ready = { models: [model('mini', 'ready', 'embed')] };
    expect(gapsOf(search, ready, { samples: { library: 29 } })).toEqual([]);
    const keep = { keep: { type: 'store', config: { collection: 'library' } } };
    expect(gapsOf({ ...search, ...keep }, ready)).toEqual([]);
  });

  it('can be a tool server, a secret, a policy, a workflow, a folder or a node type', () => {
    const nodes = {
      agent: { type: 'agent', config: { model: 'small', tools: [{ use: 'mcp', server: 'crm' }] } },
      http: { type: 'http', config: { url: 'https://a.example', auth: { kind: 'bearer', secret: 'crm-key' } } },
      route: { type: 'route', config: { policy: 'cheap' } },
      inner: { type: 'workflow', config: { workflow: 'stored' } },
      read: { type: 'load', config: { paths: ['docs'] } },
      own: { type: 'team/thing' },
    };
    const models = [model('small', 'ready')];
    expect(remedies(gapsOf(nodes, { models }))).toEqual([
      { do: 'add-tool-server', server: 'crm' },
      { do: 'add-secret', secret: 'crm-key' },
      { do: 'change-setting', setting: 'HEDDLE_FILES' },
      { do: 'add-policy', policy: 'cheap' },
      { do: 'add-workflow', workflow: 'stored' },
      { do: 'change-setting', setting: 'HEDDLE_NODES' },
    ]);
    const server = (part: object) =>
      remedies(
        gapsOf({ agent: nodes.agent }, { models, toolServers: [{ id: 'crm', isEnabled: true, approved: 2, ...part }] }),
      );
    expect(server({ approved: 0 })).toEqual([{ do: 'approve-tools', server: 'crm' }]);
    expect(server({ isEnabled: false })).toEqual([{ do: 'approve-tools', server: 'crm' }]);
    expect(server({})).toEqual([]);
  });
});

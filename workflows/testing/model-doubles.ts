import { FolderBlobs } from '@heddle/adapters/blobs';
import { ChildSandbox } from '@heddle/adapters/sandbox';
import {
  HeddleError,
  labelOf,
  type Cache,
  type Collection,
  type Documents,
  type Files,
  type JsonObject,
  type Passage,
  type ResourceMap,
  type Resources,
  type SafeFetch,
  type Tools,
} from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel, createFakeTokenizer } from '@heddle/core/testing';
import { createTestRouting } from './test-routing.js';

const handbook =
  'Every full-time employee has 27 days of paid annual leave a year. The support desk answers from 07:30 to 19:00.';

/** Makes the smallest value that a JSON schema accepts. */
export function sampleOf(schema: JsonObject): unknown {
  const { type, properties, enum: choices, minItems } = schema;
  if ('const' in schema) return schema['const'];
  if (Array.isArray(choices)) return choices[0];
  const kind: unknown = Array.isArray(type) ? type[0] : type;
  if (kind === 'object' || properties !== undefined) {
    const entries = Object.entries((properties ?? {}) as Readonly<Record<string, JsonObject>>);
    return Object.fromEntries(entries.map(([name, part]) => [name, sampleOf(part)]));
  }
  if (kind === 'array') {
    const items = (schema['items'] ?? { type: 'string' }) as JsonObject;
    return typeof minItems === 'number' && minItems > 0 ? [sampleOf(items)] : [];
  }
  if (kind === 'number' || kind === 'integer') return 1;
  return kind === 'boolean' ? true : 'one';
}

/** A model that writes JSON if a schema is given, calls its first tool once, and answers with a sentence of the handbook. */
const languageModel = (id: string) =>
  createFakeLanguageModel(
    ({ schema, tools = [], messages }) => {
      if (schema !== undefined) return JSON.stringify(sampleOf(schema));
      const [tool] = tools;
      if (tool !== undefined && messages.every(({ role }) => role !== 'tool'))
        return { toolCalls: [{ id: 'call-1', name: tool.name, arguments: JSON.stringify(sampleOf(tool.parameters)) }] };
      return 'Every full-time employee has 27 days of paid annual leave a year.';
    },
    {
      id,
      destination: id.includes('/')
        ? { name: id, clearance: 'internal', isLocal: false }
        : { name: 'local', clearance: 'restricted', isLocal: true },
    },
  );

const passage: Passage = { id: 'handbook.md#0', document: 'handbook.md', text: handbook, score: 0.9 };
const documents: Documents = {
  parse: async (content) => {
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
    return { mediaType: 'text/markdown', format: 'markdown', text, spans: [] };
  },
  split: ({ text }) => text.split(/\n\n+/).map((part, start) => ({ text: part, tokens: 1, place: { start } })),
};
const files: Files = {
  list: async (path) => [{ path: `${path}/a.md`, size: 1, changedAt: 0 }],
  read: async () => new TextEncoder().encode(handbook),
};
/** A fake web: every address has a page, and the list of stories has three entries. */
const web: SafeFetch = {
  destination: { name: 'web', clearance: 'internal', isLocal: false },
  fetch: async ({ url }) => {
    const stories = ['A new loom', 'Yarn from algae', 'How weaving works'].map((title, index) => ({
      title,
      points: 100 - index,
      url: `https://example.org/${index}`,
      objectID: String(index),
    }));
    const isList = url.includes('hn.algolia.com');
    return {
      status: 200,
      url,
      headers: { 'content-type': isList ? 'application/json' : 'text/html' },
      body: new TextEncoder().encode(isList ? JSON.stringify({ hits: stories }) : `<p>${handbook}</p>`),
    };
  },
};
const cache: Cache = { get: async () => ({}), nearest: async () => ({}), set: async () => undefined };
const tools: Tools = {
  destinationOf: async () => ({ name: 'server', clearance: 'confidential', isLocal: true }),
  list: async (servers) =>
    servers.map((server) => ({
      server,
      name: `${server}__query`,
      description: 'Runs a query.',
      effects: ['read' as const],
      isApproved: true,
      destination: { name: server, clearance: 'confidential', isLocal: true },
      label: 'internal' as const,
      parameters: { type: 'object', properties: { sql: { type: 'string' } }, required: ['sql'] },
      hash: 'sha256:0',
    })),
  call: async () => ({ value: [{ total: 3 }], text: '[{"total":3}]' }),
};

/** Makes doubles of everything that a template can use; code runs in the real sandbox. Close them when done. */
export function createModelDoubles(folder: string): Resources & { close(): Promise<void> } {
  const sandbox = new ChildSandbox();
  const blobs = new FolderBlobs(folder);
  const collection = (name: string): Collection =>
    ({
      name,
      info: async () => ({ name, documents: 1, passages: 1, label: labelOf('internal') }),
      search: async () => [passage],
      ingest: async () => ({ documents: 1, unchanged: 0, removed: 0, passages: 1, failures: [], ms: 1 }),
      delete: async () => 0,
      list: async () => [],
      text: async () => undefined,
    }) as unknown as Collection; // implements only what nodes use
  const openers: { readonly [Kind in keyof ResourceMap]?: (id: string) => unknown } = {
    languageModel,
    collection,
    embedder: (id) => createFakeEmbedder({ id }),
    tokenizer: (id) => createFakeTokenizer(id),
    routing: () => createTestRouting(async (id) => languageModel(id)),
    documents: () => documents,
    files: () => files,
    fetch: () => web,
    cache: () => cache,
    tools: () => tools,
    sandbox: () => sandbox,
    blobs: () => blobs,
  };
  return {
    use: async (kind, ...[id = '']) => {
      const open = openers[kind];
      if (open === undefined) throw new HeddleError('resource_unavailable', `The doubles have no '${kind}'.`);
      return open(id) as never;
    },
    close: () => sandbox.close(),
  };
}

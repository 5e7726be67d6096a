import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Connection, HeddleError, labelOf, ToolServer, type WorkflowDocument } from '@heddle/core';
import { createFakeCollections } from '../testing/fake-collections.js';
import { createTestHeddle } from '../testing/test-heddle.js';

const collections = createFakeCollections();
const document: WorkflowDocument = {
  heddle: 2,
  name: 'Confidential question',
  nodes: {
    question: {
      type: 'input',
      version: 1,
      label: 'confidential',
      config: { fields: [{ name: 'question', type: 'text' }] },
    },
    far: { type: 'generate', version: 1, config: { model: 'far/big' } },
    keep: { type: 'store', version: 1, config: { collection: 'open-notes' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'far.prompt' },
    { from: 'question.question', to: 'keep.text' },
    { from: 'far.text', to: 'reply.answer' },
  ],
};

describe('destinations at compile time', () => {
  let heddle: ReturnType<typeof createTestHeddle>;
  beforeEach(() => {
    heddle = createTestHeddle({ withStandardNodes: true, collections });
  });
  afterEach(() => heddle.close());

  it('marks edges above the clearance of a connection or collection, and discards plans when a connection changes', async () => {
    await collections.create({ name: 'open-notes', embedding: 'e', label: labelOf('internal') });
    const far = Connection.parse({ id: 'far', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' });
    await heddle.connections.create(far, { who: 'local' });
    const exceeding = async (): Promise<unknown> =>
      (await heddle.compile.report(document)).issues
        .filter(({ code }) => code === 'label-exceeds')
        .map(({ node, edge }) => ({ node, isAtEdge: edge !== undefined }));
    expect(await exceeding()).toEqual([
      { node: 'far', isAtEdge: true },
      { node: 'keep', isAtEdge: true },
    ]);
    const { dataMap } = await heddle.compile.report(document);
    expect(dataMap).toContainEqual(
      expect.objectContaining({ node: 'far', destination: 'far/big', clearance: 'internal', level: 'confidential' }),
    );
    await heddle.connections.replace('far', { ...far, clearance: 'restricted' }, { who: 'local' });
    expect(await exceeding()).toEqual([{ node: 'keep', isAtEdge: true }]);
  });

  it('works while a store does not answer, if no collection of the document can be in it', async () => {
    await collections.create({ name: 'near-notes', embedding: 'e', label: labelOf('internal') });
    const away = new HeddleError('vector_store_unreachable', 'Postgres cannot be reached.');
    const survey = async () => ({
      collections: await collections.list(),
      stores: ['embedded' as const, 'pgvector' as const],
      unreachable: [{ store: 'pgvector' as const, error: away }],
    });
    const halved = { ...collections, survey, list: () => Promise.reject(away) };
    const other = createTestHeddle({ withStandardNodes: true, collections: halved });
    const keeping = (collection: string): WorkflowDocument => ({
      ...document,
      nodes: {
        ...document.nodes,
        far: { type: 'generate', version: 1, config: { model: 'near' } },
        keep: { type: 'store', version: 1, config: { collection } },
      },
    });
    try {
      const { issues } = await other.compile.report(keeping('near-notes'));
      expect(issues.map(({ code }) => code)).toContain('label-exceeds');
      await expect(other.compile.report(keeping('far-notes'))).rejects.toThrow('Postgres cannot be reached.');
      const made = await other.workflows.create(keeping('far-notes'));
      expect((await other.workflows.list()).map(({ id }) => id)).toEqual([made.id]);
    } finally {
      await other.close();
    }
  });

  it('shows the model that a tool server may call, as soon as its settings name one', async () => {
    const far = Connection.parse({ id: 'far', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' });
    await heddle.connections.create(far, { who: 'local' });
    const transport = { kind: 'http', url: 'http://127.0.0.1:9/mcp', isInside: true };
    const files = { id: 'files', transport, clearance: 'restricted', isLocal: true } as const;
    await heddle.tools.create(ToolServer.parse(files), 'local');
    const clerk: WorkflowDocument = {
      ...document,
      nodes: {
        ...document.nodes,
        far: { type: 'agent', version: 1, config: { model: 'near', tools: [{ use: 'mcp', server: 'files' }] } },
      },
    };
    const models = async (): Promise<unknown> =>
      (await heddle.compile.report(clerk)).dataMap
        .filter(({ kind }) => kind === 'model')
        .map(({ destination, level, clearance }) => [destination, level, clearance]);
    expect(await models()).toEqual([['local', 'confidential', 'restricted']]);
    await heddle.tools.replace('files', ToolServer.parse({ ...files, sampling: { model: 'far/big' } }), 'local');
    expect(await models()).toEqual([
      ['local', 'confidential', 'restricted'],
      ['far/big', 'confidential', 'internal'],
    ]);
  });
});

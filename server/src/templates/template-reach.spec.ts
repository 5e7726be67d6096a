import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection, ModelCard, type ModelHub, type TemplateSummary } from '@heddle/core';
import { createFakeEmbedder } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { createFakeCollections } from '../testing/fake-collections.js';

const document = {
  heddle: 2,
  name: 'Ask',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    search: { type: 'retrieve', version: 1, config: { collection: 'papers' } },
    answer: { type: 'generate', version: 1, config: { model: 'far/one' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'search.query' },
    { from: 'question.question', to: 'answer.prompt' },
    { from: 'search.passages', to: 'answer.passages' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
};
const embedder = ModelCard.parse({
  id: 'mini',
  title: 'Mini',
  kind: 'embed',
  runtime: 'onnx',
  summary: 's',
  publisher: 'p',
  licence: 'MIT',
  use: 'any',
  format: 'onnx',
  contextTokens: 256,
  languages: ['en'],
  isStarter: true,
  files: [{ role: 'weights', name: 'm.onnx', sources: ['file:/m.onnx'] }],
});

describe('templates of a project', () => {
  let house: TwoProjects;
  let folder: string;
  const collections = createFakeCollections();
  const ask = async (who: Shown, project?: string): Promise<TemplateSummary> => {
    const { body } = await house.call(who, 'GET', '/api/templates', undefined, project);
    return body.templates[0] as TemplateSummary;
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-templates-'));
    mkdirSync(join(folder, 'ask', 'papers'), { recursive: true });
    writeFileSync(join(folder, 'ask', 'workflow.json'), JSON.stringify(document));
    writeFileSync(join(folder, 'ask', 'papers', 'a.txt'), 'A paper.');
    writeFileSync(
      join(folder, 'ask', 'tests.jsonl'),
      '{"name":"answers","expect":{"outputs":{"answer":{"contains":"a"}}}}\n',
    );
    const models = {
      list: async () => [{ card: embedder, status: 'ready', bytes: 1 }],
      embedder: async () => createFakeEmbedder(),
      hosts: () => [],
      watch: () => () => undefined,
    } as unknown as ModelHub;
    house = await openTwoProjects({ templatesFolder: folder, collections, models, nodes: standardNodes });
    const { heddle } = house.server;
    await heddle.connections.create(Connection.parse({ id: 'far', kind: 'openai', isEnabled: false }), {
      who: 'local',
    });
    await collections.create({ name: 'papers', embedding: 'mini' });
    heddle.ownership.assign('collection', 'papers', house.alpha);
    heddle.grants.set('model', 'mini', ['*']);
  });
  afterAll(async () => {
    await house.close();
    rmSync(folder, { recursive: true });
  });

  it('show a project its own connection and collection, and another project none of them', async () => {
    const own = await ask(house.person({ [house.alpha]: ['editor'] }));
    expect(own.missing.map(({ remedy }) => remedy.do)).toEqual(['enable-connection', 'add-documents']);
    expect(own.collections).toEqual([{ name: 'papers', isHere: true, samples: 1 }]);
    const other = await ask(house.person({ [house.beta]: ['editor'] }));
    expect(other.missing.map(({ remedy }) => remedy)).toEqual([{ do: 'add-connection', connection: 'far' }]);
    expect(other.collections).toEqual([{ name: 'papers', isHere: false, samples: 1 }]);
  });

  it('are refused to a caller who names a project without being a member', async () => {
    const stranger = house.person({ [house.beta]: ['editor'] });
    const { status, body } = await house.call(stranger, 'GET', '/api/templates', undefined, house.alpha);
    expect([status, body.error.code]).toEqual([404, 'project_not_found']);
  });

  it('hide the state of a connection from a key that may not read connections', async () => {
    const few = await ask(house.key(house.alpha, { permissions: ['workflow:read'] }));
    expect(few.missing.map(({ kind }) => kind)).toEqual(['collection']);
    expect(few.unknown).toEqual([{ kind: 'connection', target: 'far' }]);
    const more = await ask(house.key(house.alpha, { permissions: ['workflow:read', 'connection:read'] }));
    expect(more.missing.map(({ kind }) => kind)).toEqual(['connection', 'collection']);
    expect(more.unknown).toEqual([]);
  });

  it('are copied with tests, and with a separate collection when another project has the name', async () => {
    const editor = house.person({ [house.beta]: ['editor'] });
    const { status, body } = await house.call(editor, 'POST', '/api/templates/ask');
    expect(status).toBe(201);
    expect(body.workflow.document.nodes.search.config.collection).toBe('papers-2');
    const tests = await house.call(editor, 'GET', `/api/workflows/${body.workflow.id}/tests`);
    expect(tests.body.content).toContain('"answers"');
    for (let tries = 0; tries < 500 && collections.stored.get('papers-2')?.size !== 1; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect([collections.stored.get('papers')?.size, collections.stored.get('papers-2')?.size]).toEqual([0, 1]);
    // A second copy uses the same separate collection.
    const second = await house.call(editor, 'POST', '/api/templates/ask');
    expect(second.body.workflow.document.nodes.search.config.collection).toBe('papers-2');
    expect(second.body.jobs).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModelCard, type Issue, type ModelHub, type TemplateSummary } from '@heddle/core';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeCollections } from '../testing/fake-collections.js';
import { testDocument } from '../testing/test-nodes.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { summaryOf } from './read-templates.js';

describe('/api/templates', () => {
  let server: TestServer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-templates-'));
    const write = (id: string, document: unknown) => {
      mkdirSync(join(folder, id), { recursive: true });
      writeFileSync(
        join(folder, id, 'workflow.json'),
        typeof document === 'string' ? document : JSON.stringify(document),
      );
      writeFileSync(
        join(folder, id, 'README.md'),
        `# ${id}\n\n\`\`\`\na ──► b\n\`\`\`\n\nDoes **one** thing, as [this page](x.md)\nsays.\n`,
      );
    };
    const plain = testDocument('Plain');
    write('plain', plain);
    write('strange', {
      ...plain,
      name: 'Strange',
      nodes: { ...plain.nodes, more: { type: 'of-a-package', version: 1 } },
    });
    write('broken', '{"heddle":');
    mkdirSync(join(folder, 'testing'));
    server = await startTestServer({ templatesFolder: folder, collections: createFakeCollections() });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('lists templates with their first paragraph and their gaps', async () => {
    const { body } = await server.call('GET', '/api/templates');
    expect(body.templates).toMatchObject([
      {
        id: 'plain',
        name: 'Plain',
        summary: 'Does one thing, as this page says.',
        missingNodes: [],
        readme: expect.stringMatching(/^# plain/),
      },
      { id: 'strange', missingNodes: ['of-a-package'] },
    ]);
  });

  it('copies a template: it stays unchanged, and two copies are two workflows', async () => {
    const first = await server.call('POST', '/api/templates/plain');
    expect([first.status, first.body.workflow.document.name, first.body.jobs]).toEqual([201, 'Plain', []]);
    const { id } = first.body.workflow;
    const [copied] = await server.heddle.audit.list({ limit: 1 });
    const details = { step: 'copied', template: 'plain' };
    expect(copied).toMatchObject({ act: 'workflow', project: 'default', subject: `workflow:${id}`, details });
    const second = await server.call('POST', '/api/templates/plain');
    expect(second.body.workflow.slug).not.toBe(first.body.workflow.slug);
    const none = await server.call('POST', '/api/templates/nothing');
    expect([none.status, none.body.error.code]).toEqual([404, 'not_found']);
  });

  it('takes the summary from below titles, pictures and drawings', () => {
    expect(summaryOf('# Title\n\n![a](b.png)\n\nText.')).toBe('Text.');
    expect(summaryOf('# Title only')).toBeUndefined();
  });
});

describe('the ready workflows', () => {
  const embedder = ModelCard.parse({
    id: 'mini',
    title: 'mini',
    kind: 'embed',
    runtime: 'onnx',
    summary: 's',
    publisher: 'p',
    licence: 'MIT',
    use: 'any',
    format: 'onnx',
    files: [{ role: 'weights', name: 'm.onnx', sources: ['file:/m.onnx'] }],
    contextTokens: 256,
    languages: ['en'],
    isStarter: true,
  });

  it('are all listed, and the sample comes with its documents', async () => {
    const collections = createFakeCollections();
    const models = {
      list: async () => [{ card: embedder, status: 'ready', bytes: 1 }],
      hosts: () => [],
      watch: () => () => undefined,
    } as unknown as ModelHub;
    const server = await startTestServer({ collections, models, withStandardNodes: true });
    try {
      const { templates } = (await server.call('GET', '/api/templates')).body;
      expect(templates.map(({ id }: { id: string }) => id)).toEqual(
        expect.arrayContaining([
          'ask-the-handbook',
          'compare-models',
          'constitution',
          'extract',
          'hybrid-support',
          'research-agent',
          'summarise',
        ]),
      );
      const sample = templates.find(({ id }: { id: string }) => id === 'ask-the-handbook');
      expect(sample.collections).toEqual([{ name: 'handbook', isHere: false, samples: expect.any(Number) }]);
      expect(sample.collections[0].samples).toBeGreaterThan(10);
      expect(sample).toMatchObject({
        category: 'answers',
        needs: expect.arrayContaining([{ kind: 'collection', target: 'handbook' }]),
      });
      // A file of an example is a data URL, which a run accepts.
      const files = templates.find(({ id }: { id: string }) => id === 'extract').examples[0].inputs;
      expect(files.email).toMatch(/^data:message\/rfc822;base64,/);
      // Other templates on the same collection come with the same documents.
      const shares = templates.find(({ id }: { id: string }) => id === 'research-agent');
      expect([shares.collections, shares.missingNodes]).toEqual([sample.collections, []]);
      const { body } = await server.call('POST', '/api/templates/ask-the-handbook');
      for (let tries = 0; tries < 500; tries += 1) {
        if ((await server.call('GET', `/api/jobs/${body.jobs[0]}`)).body.status === 'done') break;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(collections.stored.get('handbook')?.has('people/expenses.md')).toBe(true);
      expect((await server.call('POST', '/api/templates/ask-the-handbook')).body.jobs).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it('are all copied with tests, and no copy has an error', async () => {
    const models = {
      list: async () => [{ card: embedder, status: 'ready', bytes: 1 }],
      hosts: () => [],
      watch: () => () => undefined,
    };
    const server = await startTestServer({
      collections: createFakeCollections(),
      models: models as unknown as ModelHub,
      withStandardNodes: true,
    });
    try {
      const { templates } = (await server.call('GET', '/api/templates')).body;
      expect(templates.length).toBeGreaterThanOrEqual(20);
      for (const { id, missing, tests } of templates as readonly TemplateSummary[]) {
        const { status, body } = await server.call('POST', `/api/templates/${id}`);
        expect([id, status, tests.length > 0]).toEqual([id, 201, true]);
        const { content } = (await server.call('GET', `/api/workflows/${body.workflow.id}/tests`)).body;
        expect(content.trim().split('\n')).toHaveLength(tests.length);
        const { issues } = (await server.call('POST', '/api/compile', { document: body.workflow.document })).body;
        const errors = (issues as readonly Issue[]).filter(({ severity }) => severity === 'error');
        // The compiler reports only what the list names as a gap.
        if (missing.length === 0) expect([id, errors]).toEqual([id, []]);
        expect(
          errors.map(({ code }) => code).filter((code) => !/unknown|missing|not-found|absent|model|node/.test(code)),
        ).toEqual([]);
      }
    } finally {
      await server.close();
    }
  });
});

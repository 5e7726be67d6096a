import { createCollections } from '@heddle/adapters/collections';
import { openDatabase, sqliteTables } from '@heddle/adapters/database';
import { createDocuments } from '@heddle/adapters/documents';
import { createGraphStore } from '@heddle/adapters/stores';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import { HeddleError, type FoundEntity, type GraphModel, type Graphs } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureOutput } from '../../../testing/capture-output.js';
import { startTestServer, type TestServer } from '../../../testing/test-server.js';
import { runCommandLine } from '../../run-command-line.js';

const capitals = (text: string): readonly FoundEntity[] =>
  [...text.matchAll(/\b[A-Z]{2,}\b/g)].map(([name]) => ({ name, type: 'person' }));

describe('heddle graph and heddle entities', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-cli-graph-'));
  const database = openDatabase(join(folder, 'graph.db'));
  const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  const parser = createDocuments();
  const prompts: string[] = [];
  /** The reply of the language model. */
  let reply = '';
  let server: TestServer;

  const far: GraphModel = {
    kind: 'language',
    destination: { name: 'far', clearance: 'restricted', isLocal: false },
    contextTokens: 4_000,
    write: async ({ system }) => {
      prompts.push(system);
      return reply;
    },
  };
  const names: GraphModel = {
    kind: 'names',
    destination: { name: 'names', clearance: 'restricted', isLocal: true },
    contextTokens: 512,
    names: async (texts) => texts.map(capitals),
  };
  const model = async (id: string): Promise<GraphModel> => {
    if (id === 'names') return names;
    if (id === 'far') return far;
    throw new HeddleError('model_wrong_kind', `'${id}' is of another kind.`);
  };
  const graphs: Graphs = {
    store: createGraphStore(sqliteTables(database)),
    describe: model,
    model: (_collection, id) => model(id),
  };

  beforeAll(async () => {
    const collections = createCollections({
      embedded: store,
      documents: parser,
      graphs,
      embedder: async (id) => createFakeEmbedder({ id }),
      tokenizer: async () => createFakeTokenizer(),
    });
    server = await startTestServer({ collections });
    const faq = await collections.create({ name: 'faq', embedding: 'mini' });
    server.heddle.ownership.assign('collection', 'faq', 'default');
    const text = (id: string, content: string) => ({ id, content, name: `${id}.txt` });
    await faq.ingest([text('film', 'The film was made by VERA.'), text('vera', 'VERA and OTTO met in spring.')]);
    // A running server: commands find its address in the data folder.
    mkdirSync(join(folder, 'data'));
    const lock = { kind: 'server', pid: process.pid, host: hostname(), time: Date.now(), address: server.address };
    writeFileSync(join(folder, 'data', 'heddle.lock.json'), JSON.stringify(lock));
  });
  afterAll(async () => {
    await server.close();
    await parser.close();
    await store.close();
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const heddle = (...args: readonly string[]) =>
    captureOutput(() => runCommandLine(['--data', join(folder, 'data'), ...args]));

  it('report that there is no graph, and how to set one', async () => {
    expect((await heddle('graph', 'faq')).stdout).toContain('heddle graph faq --model MODEL');
    for (const args of [
      ['graph', 'faq', '--continue'],
      ['graph', 'faq', '--remove'],
      ['entities', 'faq'],
    ])
      expect(await heddle(...args)).toMatchObject({ result: 1, stderr: expect.stringContaining('graph_missing') });
    expect(await heddle('graph', 'faq', '--type', 'drug')).toMatchObject({
      result: 2,
      stderr: expect.stringContaining('give --model'),
    });
    expect((await heddle('graph', 'faq', '--model', 'mini')).stderr).toContain('model_wrong_kind');
    expect((await heddle('graph', 'faq')).stdout).toContain('no knowledge graph');
  });

  it('estimate the cost, and start nothing', async () => {
    const { stdout } = await heddle('graph', 'faq', '--model', 'names', '--estimate');
    expect(stdout).toContain('reads 2 documents with 2 passages. It runs on this machine.');
    const leaving = await heddle('graph', 'faq', '--model', 'far', '--estimate');
    expect(leaving.stdout).toMatch(/in 2 calls, about \d+ tokens\. The text leaves this machine/);
    expect(JSON.parse((await heddle('graph', 'faq', '--json')).stdout)).not.toHaveProperty('options');
    expect(prompts).toEqual([]);
  });

  it('find the entities, list them and show one', async () => {
    const set = await heddle('graph', 'faq', '--model', 'names');
    expect(set.stderr).toContain('faq: 2 of 2 documents');
    expect(set.stdout).toMatch(/faq: \d entities, 0 relations; found by names\.\nRead: 2 documents\./);
    expect((await heddle('entities', 'faq', 'ver')).stdout).toMatch(/^id.*\nvera +VERA +person +2 +2\n$/);
    expect(JSON.parse((await heddle('entities', 'faq', '-n', '1', '--json')).stdout)).toMatchObject([
      { id: 'vera', passages: 2 },
    ]);
    expect(JSON.parse((await heddle('entities', 'faq', '-n', '3', '--json')).stdout)).toHaveLength(3);
    expect((await heddle('entities', 'faq', 'nobody')).stderr).toContain("No entity of 'faq' matches.");
    const { stdout } = await heddle('entities', 'faq', '--id', 'vera');
    expect(stdout).toContain('VERA (person): 2 passages in 2 documents');
    expect(stdout).toContain('OTTO (person), 1 passage  [otto]');
    expect(stdout).toContain('VERA and OTTO met in spring.');
    expect(stdout).not.toContain('Relations:');
    expect((await heddle('entities', 'faq', '--id', 'nobody')).stderr).toContain('graph_missing');
    expect((await heddle('entities', 'faq', 'ver', '--id', 'vera')).result).toBe(2);
    expect((await heddle('graph', 'faq', '--model', 'names', '--estimate')).stdout).toContain('no document is left');
  });

  it('merge entities, separate them, and mark entities as different', async () => {
    expect((await heddle('entities', 'suggestions', 'faq')).stderr).toContain(
      "No entities of 'faq' seem to be the same.",
    );
    expect((await heddle('entities', 'merge', 'faq', 'otto', 'vera')).stdout).toContain(
      "'otto' is a part of 'vera' now.",
    );
    expect((await heddle('entities', 'faq', '--id', 'otto')).stdout).toContain('Also:\n  OTTO  [otto]');
    expect((await heddle('entities', 'list', 'faq', 'otto')).stdout).toMatch(/\nvera +VERA +person +2 +2\n$/);
    expect((await heddle('entities', 'merge', 'faq', 'nobody', 'vera')).stderr).toContain('graph_missing');
    expect((await heddle('entities', 'separate', 'faq', 'otto')).stdout).toContain("'otto' is separate now.");
    expect((await heddle('entities', 'separate', 'faq', 'otto')).stderr).toContain('conflict');
    expect((await heddle('entities', 'faq', '--id', 'otto')).stdout).not.toContain('Also:');
    const apart = await heddle('entities', 'apart', 'faq', 'otto', 'vera', '--json');
    expect(JSON.parse(apart.stdout)).toEqual({ one: 'otto', other: 'vera' });
    expect(JSON.parse((await heddle('entities', 'suggestions', 'faq', '--json')).stdout)).toEqual([]);
  });

  it('search with a graph weight, and show what links a result', async () => {
    const query = 'Who met the maker of the film?';
    const linked = await heddle('search', 'faq', query, '--graph-weight', '0.5');
    expect(linked.stdout).toContain('found through VERA');
    expect((await heddle('search', 'faq', query)).stdout).not.toContain('found through');
    expect((await heddle('search', 'faq', query, '--graph-weight', '2')).result).toBe(2);
    const settings = await heddle('collections', 'search-settings', 'faq', '--graph-weight', '0.4');
    expect(settings.stdout).toContain('graph weight 0.4');
    expect((await heddle('search', 'faq', query)).stdout).toContain('found through VERA');
  });

  it('list documents that failed, and retry them with the given model and instructions', async () => {
    reply = 'I cannot do that.';
    const failed = await heddle('graph', 'faq', '--model', 'far', '--type', 'drug', '--instructions', 'Find drugs.');
    expect(failed.stderr).toContain('film: ');
    expect(failed.stderr).toContain('(graph_failed)');
    expect(failed.stdout).toContain('Read: 0 of 2 documents; heddle graph faq --continue reads the others.');
    expect(prompts.at(-1)).toContain('Types of entities: drug.');
    expect(prompts.at(-1)).toContain('Find drugs.');
    reply = JSON.stringify({
      entities: [
        { name: 'VERA', type: 'drug' },
        { name: 'OTTO', type: 'drug' },
      ],
      relations: [{ source: 'VERA', target: 'OTTO', relation: 'met' }],
    });
    const tried = await heddle('graph', 'faq', '--continue');
    expect(tried.stdout).toContain('Read: 2 documents.');
    expect(tried.stdout).toContain('types drug');
    expect((await heddle('entities', 'faq', '--id', 'otto')).stdout).toMatch(
      /Relations:\n {2}VERA met OTTO {2}\[vera#1\]/,
    );
    // Without a model in the command, the graph keeps its model and its instructions.
    await heddle('graph', 'faq', '--type', 'person');
    expect(JSON.parse((await heddle('graph', 'faq', '--json')).stdout)).toMatchObject({
      options: { model: 'far', types: ['person'], instructions: 'Find drugs.' },
    });
  });

  it('remove a graph by a flag of its own', async () => {
    expect((await heddle('graph', 'faq', '--remove', '--model', 'names')).result).toBe(2);
    expect((await heddle('graph', 'faq', '--continue', '--model', 'names')).result).toBe(2);
    expect((await heddle('graph', 'faq', '--remove')).stdout).toContain('faq has no knowledge graph now.');
    expect((await heddle('entities', 'faq')).stderr).toContain('graph_missing');
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AuditRecord } from '@heddle/core';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { cleanUp, root, temporaryFolder } from './built-program.js';
import { startFakeProvider, type FakeProvider } from './fake-provider.js';
import { heddle } from './heddle-command.js';
import { post, send } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';
import { hasStarterModels } from './starter-models.js';

jest.setTimeout(180_000);

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;
const hash = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
const label = { level: 'internal', marks: [] };

suite(
  `the audit record of a real run${isReady ? '' : ' (skipped: the starter models are not on this machine)'}`,
  () => {
    let server: ServerProcess;
    let provider: FakeProvider;
    beforeAll(async () => {
      const data = join(temporaryFolder(), 'data');
      const documents = join(temporaryFolder(), 'documents');
      mkdirSync(documents, { recursive: true });
      writeFileSync(join(documents, 'office.md'), 'The office is in Paris, by the river.\n');
      expect((await heddle(['ingest', 'handbook', documents], { data })).code).toBe(0);
      provider = await startFakeProvider('k');
      server = await startServer({ data });
      // Otherwise the first question would compute the threshold of the collection, and the record of the first run would contain that.
      expect((await post(server, '/api/collections/handbook/relevance/calibrate', {})).status).toBeLessThan(300);
      const connection = {
        id: 'far',
        kind: 'openai-compatible',
        baseUrl: provider.address,
        models: [{ name: 'large' }],
      };
      expect((await post(server, '/api/connections', connection)).status).toBe(201);
      const price = { model: 'large', inputPerMillion: 10, outputPerMillion: 100, currency: 'USD', asOf: '2026-01-01' };
      const replaced = JSON.stringify({ ...connection, prices: [price] });
      const json = { 'content-type': 'application/json' };
      expect(
        (await send(server, '/api/connections/far', { method: 'PUT', headers: json, body: replaced })).status,
      ).toBe(200);
      const key = { method: 'PUT', headers: json, body: JSON.stringify({ value: 'k' }) };
      expect((await send(server, '/api/connections/far/key', key)).status).toBe(204);
    });
    afterAll(async () => {
      await server.stop();
      await provider.stop();
      await cleanUp();
    });

    async function recordsOf(model: string): Promise<readonly AuditRecord[]> {
      const file = join(root, 'workflows', 'ask-the-handbook', 'workflow.json');
      const document = JSON.parse(readFileSync(file, 'utf8')) as { nodes: { answer: { config: object } } };
      document.nodes.answer.config = { ...document.nodes.answer.config, model };
      const made = JSON.parse((await post(server, '/api/workflows', { document })).text) as { id: string };
      await post(server, `/api/workflows/${made.id}/publish`, { acceptDataMap: true });
      const { slug } = JSON.parse((await send(server, `/api/workflows/${made.id}`)).text) as { slug: string };
      const reply = await post(server, `/v1/workflows/${slug}`, { question: 'Where is the office?' });
      const { runId, status } = JSON.parse(reply.text) as { runId: string; status: string };
      expect([reply.status, status]).toEqual([200, 'done']);
      const { records } = JSON.parse((await send(server, `/api/audit?subject=run:${runId}`)).text) as {
        records: AuditRecord[];
      };
      return records.toReversed();
    }

    it('names the user, workflow, version, model files, passages and sent text for a local model', async () => {
      const records = await recordsOf('smollm2-135m');
      expect(records.map(({ act, who }) => [act, who])).toEqual([
        ['run', 'local'],
        ['model-call', 'local'],
        ['model-call', 'local'],
        ['run', 'local'],
      ]);
      const work = { workflow: expect.any(String), version: 1, isLocal: true, label };
      expect(records[1]?.details).toMatchObject({
        ...work,
        kind: 'embed',
        model: 'all-minilm-l6-v2',
        parameters: { kind: 'query', texts: 1 },
        promptHash: hash,
        fileHash: hash,
        manifestHash: hash,
      });
      expect(records[2]?.details).toMatchObject({
        ...work,
        kind: 'generate',
        model: 'smollm2-135m',
        answered: 'smollm2-135m',
        promptHash: hash,
        outputHash: hash,
        fileHash: hash,
        manifestHash: hash,
        parameters: { temperature: 0, maxTokens: 96 },
        passages: ['handbook/office.md#1'],
        finishReason: 'stop',
        usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
      });
      const { text } = await send(server, `/api/audit/content/${String(records[2]?.details['promptHash'])}`);
      expect(text).toContain('by the river');
    });

    it('names who imported documents in the terminal', async () => {
      const query = '/api/audit?subject=collection:handbook&act=collection';
      const { records } = JSON.parse((await send(server, query)).text) as { records: AuditRecord[] };
      expect(records.toReversed().map(({ details }) => [details['step'], details['terminal']])).toEqual([
        ['made', userInfo().username],
        ['documents taken in', userInfo().username],
        ['relevance calibrated', undefined],
      ]);
    });

    it('names the egress decision, the model that answered and the cost for a remote model', async () => {
      const records = await recordsOf('far/large');
      const call = records.find(({ details }) => details['model'] === 'far/large');
      expect(call?.details).toMatchObject({
        kind: 'generate',
        isLocal: false,
        answered: 'far/large',
        version: 1,
        label,
        promptHash: hash,
        outputHash: hash,
        passages: ['handbook/office.md#1'],
        usage: { inputTokens: 400, outputTokens: 60, cost: 0.01, currency: 'USD' },
      });
      expect(records.find(({ act }) => act === 'egress')?.details).toMatchObject({
        decision: 'allowed',
        destination: 'far/large',
        label,
        clearance: 'internal',
      });
      expect(JSON.parse((await send(server, '/api/audit/verify')).text)).toMatchObject({ isWhole: true });
    });
  },
);

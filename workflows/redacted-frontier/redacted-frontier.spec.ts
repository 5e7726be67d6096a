import { Connection, createCatalog, type Resources } from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { oneConnection } from '../testing/one-connection.js';
import { runFile, type TestRun } from '../testing/open-test-heddle.js';
import { harmless, kinds, plant } from './plant.js';
import { startRecordingServer } from './recording-server.js';

const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'workflow.json');
const bare = (text: string): string => text.replace(/[^A-Za-z0-9@]/g, '');

describe('redacted-frontier', () => {
  let server: Awaited<ReturnType<typeof startRecordingServer>>;
  let ask: (question: string) => Promise<TestRun>;

  beforeAll(async () => {
    server = await startRecordingServer();
    const connection = Connection.parse({ id: 'openai', kind: 'openai-compatible', baseUrl: server.address });
    const hub = oneConnection(connection);
    // The workflow requests only a language model.
    const resources: Resources = { use: async (_kind, ...[id = '']) => (await hub.languageModel(id)) as never };
    const catalog = createCatalog(standardNodes);
    let runs = 0;
    ask = (question) => runFile(file, { question }, catalog, resources, `run-${(runs += 1)}`);
  });
  afterAll(() => server.close());

  it('sends none of 1,000 planted identifiers to the model, and restores each in the answer', async () => {
    const planted = plant(1_000, 6);
    const lost: string[] = [];
    const before = server.received.length;
    for (let at = 0; at < planted.length; at += 20) {
      const question = planted
        .slice(at, at + 20)
        .map(({ sentence }) => sentence)
        .join(' ');
      const { outcome, outputs } = await ask(question);
      expect(outcome.error).toBeUndefined();
      if (outputs['answer'] !== question) lost.push(question);
    }
    const sent = server.received.slice(before).join('\n');
    expect(server.received.length - before).toBe(50);
    const leaked = planted.filter(({ value }) => {
      const secret = value.replace(/^(password: |api_key=)/, '');
      return sent.includes(secret) || bare(sent).includes(bare(secret));
    });
    expect(Object.fromEntries(kinds.map((kind) => [kind, leaked.filter((one) => one.kind === kind).length]))).toEqual({
      EMAIL: 0,
      PHONE: 0,
      IBAN: 0,
      CARD: 0,
      KEY: 0,
    });
    expect(lost).toEqual([]);
  }, 60_000);

  it('redacts at most five items in 500 sentences without personal data', async () => {
    const sentences = harmless(500, 7);
    let taken = 0;
    for (let at = 0; at < sentences.length; at += 50) {
      const report = (await ask(sentences.slice(at, at + 50).join('\n'))).outputs['report'];
      taken += Object.values(report as Readonly<Record<string, number>>).reduce((sum, count) => sum + count, 0);
    }
    expect(taken).toBeLessThanOrEqual(5);
  }, 60_000);

  it('inserts no personal data for a forged placeholder', async () => {
    const question = 'Write to ada@example.org. What is <EMAIL_1>, and <EMAIL_2>?';
    const { outputs } = await ask(question);
    expect(outputs['answer']).toBe(question);
    expect(server.received.at(-1)).not.toContain('ada@');
  });

  it('keeps the answer confidential, and records that the text was declassified', async () => {
    const { outcome, events } = await ask('Call +49 30 901 8200.');
    expect(outcome.outputs?.['answer']?.label.level).toBe('confidential');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'label-decision',
        decision: 'declassified',
        to: expect.objectContaining({ level: 'internal' }),
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { labelOf, type Collection, type DocumentInput, type IngestReport } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import { store } from './store.node.js';

describe('store', () => {
  const report: IngestReport = {
    documents: 1,
    done: 1,
    unchanged: 0,
    failed: 0,
    removed: 0,
    passages: 2,
    tokens: 9,
    failures: [],
  };
  function collection(result: IngestReport, taken: DocumentInput[] = []): Collection {
    const found: Collection = {
      name: 'c',
      readableBy: () => found,
      info: () => Promise.reject(new Error('unused')),
      search: async () => [],
      ingest: async (given, options) => {
        for await (const document of given) taken.push(document);
        options?.onProgress?.({ ...result, current: 'a' });
        return result;
      },
      delete: async () => 0,
      documents: async () => [],
      document: async () => undefined,
      passages: async () => [],
    };
    return found;
  }

  it('ingests documents once, with the label they arrived with', async () => {
    const taken: DocumentInput[] = [];
    const steps = new Map<string, unknown>();
    const options = {
      config: { collection: 'c' },
      inputs: {
        documents: [
          {
            id: 'a.pdf',
            text: 'x',
            mediaType: 'application/pdf',
            format: 'markdown',
            spans: [{ start: 0, end: 1, page: 7 }],
            metadata: { year: 1 },
          },
        ],
      },
      resources: { collection: collection(report, taken) },
      label: labelOf('confidential'),
      steps,
    };
    const run = await runNode(store, options);
    expect(taken).toEqual([
      {
        id: 'a.pdf',
        content: 'x',
        mediaType: 'text/markdown',
        parsed: {
          text: 'x',
          mediaType: 'application/pdf',
          format: 'markdown',
          spans: [{ start: 0, end: 1, page: 7 }],
          metadata: { year: 1 },
        },
        label: labelOf('confidential'),
        metadata: { year: 1 },
      },
    ]);
    expect(run.outputs).toEqual({ stored: 1, report });
    await runNode(store, options);
    expect(taken).toHaveLength(1);
  });

  it('logs documents that failed, and fails if no document was stored', async () => {
    const failures = [{ document: 'a', code: 'document_empty', message: 'It is empty.' }];
    const failing = { collection: collection({ ...report, failed: 1, failures }) };
    const config = { collection: 'c' };
    const run = await runNode(store, {
      config,
      inputs: {
        documents: [
          { id: 'a', text: '' },
          { id: 'b', text: 'x' },
        ],
      },
      resources: failing,
    });
    expect(run.outputs['stored']).toBe(1);
    expect(run.log[0]).toMatchObject({ level: 'warn', message: expect.stringContaining("'a' was not stored") });
    await expect(runNode(store, { config, inputs: { text: '' }, resources: failing })).rejects.toMatchObject({
      code: 'ingest_failed',
    });
  });

  it('never empties a collection if no documents arrive', async () => {
    await expect(
      runNode(store, {
        config: { collection: 'c', sync: true },
        inputs: { documents: [] },
        resources: { collection: collection(report) },
      }),
    ).rejects.toMatchObject({ code: 'input_missing' });
  });
});

import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import { load } from './load.node.js';
import { bytes, documents, files, web } from '../testing/fake-resources.js';

describe('load', () => {
  it('reads a folder, reports the damaged document and continues with the others', async () => {
    const run = await runNode(load, { config: { paths: ['handbook'] }, resources: { files, documents } });
    expect(run.outputs['documents']).toEqual([
      {
        id: 'handbook/a.md',
        text: 'text of handbook/a.md',
        title: 'T a.md',
        source: 'handbook/a.md',
        mediaType: 'text/markdown',
        format: 'markdown',
        spans: [{ start: 0, end: 21, page: 2 }],
      },
      expect.objectContaining({ id: 'handbook/c.txt' }),
    ]);
    expect(run.outputs['text']).toBe('text of handbook/a.md\n\ntext of handbook/c.txt');
    expect(run.outputs['failures']).toEqual([
      { document: 'handbook/bad.pdf', code: 'document_damaged', message: 'The file is damaged: save it again.' },
    ]);
    expect(run.log[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('handbook/bad.pdf') });
  });

  it('stops at a damaged document if configured, and fails if none can be read', async () => {
    await expect(
      runNode(load, { config: { paths: ['x'], onError: 'stop' }, resources: { files, documents } }),
    ).rejects.toMatchObject({ code: 'document_damaged' });
    const only = { ...files, list: async () => [{ path: 'x/bad.pdf', size: 1, changedAt: 0 }] };
    await expect(
      runNode(load, { config: { paths: ['x'] }, resources: { files: only, documents } }),
    ).rejects.toMatchObject({
      code: 'document_damaged',
      message: expect.stringContaining("'x/bad.pdf' cannot be read"),
    });
  });

  it('reads the folders of its input after those of its settings', async () => {
    const one = { ...files, list: async (path: string) => [{ path: `${path}/a.md`, size: 1, changedAt: 0 }] };
    const run = await runNode(load, {
      config: { paths: ['first'] },
      inputs: { paths: [' second ', ''] },
      resources: { files: one, documents },
    });
    expect(run.outputs['text']).toBe('text of first/a.md\n\ntext of second/a.md');
  });

  it('fetches addresses, marks their documents as untrusted, and fails on an error status', async () => {
    const fetch = web(({ url }) => (url.endsWith('gone') ? { status: 404 } : { text: 'page' }));
    const run = await runNode(load, {
      config: { urls: ['https://a.example/x'] },
      inputs: { url: ' https://b.example/ ' },
      resources: { fetch, documents },
    });
    expect(fetch.requests.map(({ url }) => url)).toEqual(['https://a.example/x', 'https://b.example/']);
    expect(run.label.marks).toEqual(['untrusted']);
    await expect(
      runNode(load, { config: { urls: ['https://a.example/gone'] }, resources: { fetch, documents } }),
    ).rejects.toMatchObject({ code: 'fetch_status' });
  });

  it('reads uploads, and refuses too many, too large and missing documents', async () => {
    const file = { id: 'sha256:1', name: 'up.txt', mediaType: 'text/plain', size: 5 };
    const blobs = {
      put: () => Promise.reject(new Error('unused')),
      has: async () => true,
      get: async () => bytes('hello'),
    };
    expect((await runNode(load, { inputs: { files: [file] }, resources: { blobs, documents } })).outputs['text']).toBe(
      'hello',
    );
    await expect(
      runNode(load, {
        config: { maxMegabytes: 0.001 },
        inputs: { files: [{ ...file, size: 2000 }] },
        resources: { blobs, documents },
      }),
    ).rejects.toMatchObject({ code: 'document_too_large' });
    await expect(
      runNode(load, { config: { paths: ['x'], maxDocuments: 2 }, resources: { files, documents } }),
    ).rejects.toMatchObject({ code: 'input_too_large' });
    await expect(runNode(load)).rejects.toMatchObject({ code: 'input_missing' });
  });

  it('does not continue with other documents when the run was stopped', async () => {
    const stopped = { ...documents, parse: () => Promise.reject(new HeddleError('aborted', 'stopped')) };
    await expect(
      runNode(load, { config: { paths: ['x'] }, resources: { files, documents: stopped } }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });
});

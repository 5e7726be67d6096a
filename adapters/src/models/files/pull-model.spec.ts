import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ModelCard, type HeddleError, type PullProgress } from '@heddle/core';
import { tinyGguf } from './__fixtures__/tiny-gguf.js';
import { ModelFileStore } from './model-file-store.js';
import { pullModel, type PullOptions } from './pull-model.js';

const content = tinyGguf(75_000);
const hash = createHash('sha256').update(content).digest('hex');
const etag = '"abc"';

/** The models folder of the current test. */
let fetched = '';
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, call: number) => void,
): Promise<string> {
  let calls = 0;
  const server = createServer((request, response) => answer(request, response, ++calls));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Cuts a connection as soon as the downloaded file has this many bytes: bytes that are still on their way would be lost. */
function cutWhen(response: ServerResponse, bytes: number): void {
  const parts = existsSync(fetched) ? readdirSync(fetched).filter((name) => name.endsWith('.part')) : [];
  if (parts.some((name) => statSync(path.join(fetched, name)).size >= bytes)) response.destroy();
  else setTimeout(() => cutWhen(response, bytes), 5);
}

/** Sends the content or the requested range of it, and cuts the connection after some bytes. */
function send(request: IncomingMessage, response: ServerResponse, cutAfter = Number.POSITIVE_INFINITY): void {
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const isRange = request.headers.range !== undefined && request.headers['if-range'] === etag;
  const body = isRange ? content.subarray(start) : content;
  response.writeHead(isRange ? 206 : 200, {
    etag,
    'content-length': body.length,
    ...(isRange ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
  });
  if (body.length <= cutAfter) response.end(body);
  else response.write(body.subarray(0, cutAfter), () => cutWhen(response, start + cutAfter));
}

function card(file: { sha256?: string; size?: number; sources: string[] }): ModelCard {
  return ModelCard.parse({
    id: 'small',
    title: 'Small',
    kind: 'generate',
    runtime: 'llama',
    summary: '',
    publisher: '',
    licence: 'MIT',
    use: '',
    format: 'gguf',
    contextTokens: 512,
    languages: ['en'],
    files: [{ role: 'weights', name: 'small.gguf', ...file }],
  });
}

function setup(
  endpoint = 'http://127.0.0.1:1',
): PullOptions & { modelsFolder: string; file: string; reports: PullProgress[] } {
  const modelsFolder = mkdtempSync(path.join(tmpdir(), 'heddle-models-'));
  const reports: PullProgress[] = [];
  fetched = path.join(modelsFolder, 'small');
  return {
    modelsFolder,
    files: new ModelFileStore(modelsFolder),
    // A busy machine may answer late.
    hub: { endpoint, token: 'hub-token', answerMs: 30_000, idleMs: 30_000 },
    onProgress: (progress) => reports.push(progress),
    file: path.join(modelsFolder, 'small', 'small.gguf'),
    reports,
  };
}

/** The cards of these tests contain the hash; hub-pins.spec.ts tests the answers of the hub. */
const hub = 'hf:owner/repo@main/sub folder/small.gguf';

describe('pulling a model from the hub', () => {
  it('requests the pinned file with the token, and records its hash', async () => {
    let asked: IncomingMessage | undefined;
    const options = setup(
      await serve((request, response) => {
        asked = request;
        send(request, response);
      }),
    );
    await pullModel(card({ sha256: hash, sources: [hub] }), options);
    expect(asked?.url).toBe('/owner/repo/resolve/main/sub%20folder/small.gguf');
    expect(asked?.headers.authorization).toBe('Bearer hub-token');
    expect(readFileSync(options.file).equals(content)).toBe(true);
    const manifest = JSON.parse(readFileSync(path.join(path.dirname(options.file), 'manifest.json'), 'utf8'));
    expect(manifest.files['small.gguf']).toMatchObject({ sha256: hash, size: content.length, source: hub });
    expect(options.reports.at(-1)).toMatchObject({ stage: 'done', bytes: content.length, total: content.length });
    expect(readdirSync(path.dirname(options.file)).sort()).toEqual(['manifest.json', 'small.gguf']);
  });

  it('continues after a connection was cut', async () => {
    const ranges: (string | undefined)[] = [];
    const options = setup(
      await serve((request, response, call) => {
        ranges.push(request.headers.range);
        send(request, response, call < 3 ? 100_000 : undefined);
      }),
    );
    await pullModel(card({ sha256: hash, sources: [hub] }), options);
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
    expect(readFileSync(options.file).equals(content)).toBe(true);
  });

  it('continues in a later call after the first one gave up', async () => {
    const ranges: (string | undefined)[] = [];
    let isBroken = true;
    const options = setup(
      await serve((request, response, call) => {
        ranges.push(request.headers.range);
        if (call === 1) send(request, response, 120_000);
        else if (isBroken) response.destroy();
        else send(request, response);
      }),
    );
    const first = pullModel(card({ sha256: hash, sources: [hub] }), options);
    await expect(first).rejects.toMatchObject({ code: 'no_source' });
    expect(existsSync(options.file)).toBe(false);
    isBroken = false;
    await pullModel(card({ sha256: hash, sources: [hub] }), options);
    expect(ranges.at(-1)).toBe('bytes=120000-');
    expect(readFileSync(options.file).equals(content)).toBe(true);
  });

  it('begins again when the file behind the address has changed', async () => {
    const options = setup(
      await serve((request, response, call) => {
        if (call === 1) send(request, response, 100_000);
        else {
          // Another tag: the range is refused and the whole file is sent.
          response.writeHead(200, { etag: '"other"', 'content-length': content.length });
          response.end(content);
        }
      }),
    );
    await pullModel(card({ sha256: hash, sources: [hub] }), options);
    expect(readFileSync(options.file).equals(content)).toBe(true);
  });

  it('does not send the token to another host', async () => {
    let seen: string | undefined = 'nothing';
    const other = await serve((request, response) => {
      seen = request.headers.authorization;
      send(request, response);
    });
    const options = setup(
      await serve((_request, response) => void response.writeHead(302, { location: `${other}/x` }).end()),
    );
    await pullModel(card({ sha256: hash, sources: [hub] }), options);
    expect(seen).toBeUndefined();
  });

  it.each([
    [401, /HF_TOKEN/],
    [404, /has no 'sub folder\/small.gguf'/],
  ])('explains status %i', async (status, reason) => {
    const options = setup(await serve((_request, response) => void response.writeHead(status).end()));
    await expect(pullModel(card({ sha256: hash, sources: [hub] }), options)).rejects.toThrow(reason);
  });

  it('uses the next source when one does not answer in time', async () => {
    const patient = setup(await serve(() => undefined));
    const options = { ...patient, hub: { ...patient.hub, answerMs: 300 } };
    const local = path.join(options.modelsFolder, 'elsewhere.gguf');
    writeFileSync(local, content);
    const before = performance.now();
    await pullModel(card({ sha256: hash, sources: [hub, `file:${local}`] }), options);
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(readFileSync(options.file).equals(content)).toBe(true);
  });

  it('reports the reason of every source when none has the file', async () => {
    const options = setup();
    const sources = [hub, 'file:/nowhere/small.gguf'];
    const error = (await pullModel(card({ sources }), options).catch((reason: unknown) => reason)) as HeddleError;
    expect(error.code).toBe('no_source');
    expect(error.details?.['tried']).toMatchObject([
      { source: hub, code: 'source_unreachable' },
      { source: sources[1], code: 'file_not_found' },
    ]);
  });

  it('removes a file whose hash is not the known one', async () => {
    const options = setup(await serve((request, response) => send(request, response)));
    const wrong = card({ sha256: '0'.repeat(64), sources: [hub] });
    await expect(pullModel(wrong, options)).rejects.toMatchObject({ code: 'checksum_mismatch' });
    expect(readdirSync(path.dirname(options.file))).toEqual([]);
  });

  it('enforces the hash of the first download from then on', async () => {
    const options = setup();
    const local = path.join(options.modelsFolder, 'elsewhere.gguf');
    writeFileSync(local, content);
    const mine = card({ sources: [`file:${local}`] });
    await pullModel(mine, options);
    writeFileSync(options.file, 'damaged');
    expect(await options.files.verify(mine)).toMatchObject([{ status: 'invalid' }]);
    writeFileSync(local, tinyGguf(75_000, 2));
    await expect(pullModel(mine, options)).rejects.toMatchObject({ code: 'checksum_mismatch' });
  });

  it('refuses before the download when the disk has too little space', async () => {
    const options = setup(await serve((request, response) => send(request, response)));
    const full = { ...options, freeBytes: () => Promise.resolve(1000) };
    await expect(pullModel(card({ sha256: hash, sources: [hub] }), full)).rejects.toMatchObject({
      code: 'storage_full',
      details: { available: 1000 },
    });
    expect(existsSync(options.file)).toBe(false);
  });

  it('stops on abort and keeps the downloaded bytes', async () => {
    const controller = new AbortController();
    const options = setup(
      await serve((_request, response) => {
        response.writeHead(200, { etag, 'content-length': content.length });
        response.write(content.subarray(0, 50_000), () => setTimeout(() => controller.abort(), 50));
      }),
    );
    const pull = pullModel(card({ sha256: hash, sources: [hub] }), { ...options, signal: controller.signal });
    await expect(pull).rejects.toMatchObject({ code: 'aborted' });
    expect(readdirSync(path.dirname(options.file)).some((name) => name.endsWith('.part'))).toBe(true);
  });

  it('downloads once when two calls pull the same model', async () => {
    let calls = 0;
    const options = setup(
      await serve((request, response) => {
        calls += 1;
        setTimeout(() => send(request, response), 100);
      }),
    );
    const small = card({ sha256: hash, sources: [hub] });
    await Promise.all([pullModel(small, options), pullModel(small, options)]);
    expect(calls).toBe(1);
  });

  it('takes over the lock of a process that has ended', async () => {
    const options = setup(await serve((request, response) => send(request, response)));
    await pullModel(card({ sha256: hash, sources: [hub] }), options);
    const lock = path.join(path.dirname(options.file), '.lock');
    writeFileSync(lock, '{"pid":1,"host":"another"}');
    mkdirSync(path.join(path.dirname(lock), '.fetch-old'));
    const old = new Date(Date.now() - 60_000);
    utimesSync(lock, old, old);
    await pullModel(card({ sha256: hash, sources: [hub] }), options);
    expect(readdirSync(path.dirname(lock)).sort()).toEqual(['manifest.json', 'small.gguf']);
  });
});

describe('files of a model', () => {
  it('reports what is missing, with a remedy', async () => {
    const options = setup();
    await expect(options.files.ready(card({ sources: [hub] }))).rejects.toMatchObject({
      code: 'model_missing',
      message: expect.stringContaining('heddle models pull small') as unknown,
    });
  });

  it('names the missing command when pip and npm are not installed', async () => {
    const before = process.env['PATH'];
    const options = setup();
    process.env['PATH'] = options.modelsFolder;
    try {
      const sources = ['pip:some-model==1.0/model.bin', 'npm:some-model@1.0.0/model.bin'];
      await expect(pullModel(card({ sources }), options)).rejects.toThrow(
        /no pip on this machine[\s\S]*no npm on this machine/,
      );
    } finally {
      process.env['PATH'] = before;
    }
  });
});

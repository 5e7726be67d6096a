import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ModelCard, type PullProgress } from '@heddle/core';
import { doubleRepository, startHubDouble, type HubDouble } from '../sources/__fixtures__/hub-double.js';
import { tinyGguf } from './__fixtures__/tiny-gguf.js';
import { ModelFileStore } from './model-file-store.js';
import { pullModel, type PullOptions } from './pull-model.js';

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const tokenizer = Buffer.from('{"model":{"type":"BPE"}}');
const weights = tinyGguf(1000);
const otherWeights = tinyGguf(1000, 7);

let hub: HubDouble;
beforeEach(async () => {
  hub = await startHubDouble();
});
afterEach(() => hub.close());

/** A model as a user adds it: by repository and branch, without a hash. */
const card = (revision = 'main', more: object = {}): ModelCard =>
  ModelCard.parse({
    id: 'mine',
    title: 'Mine',
    kind: 'embed',
    runtime: 'llama',
    summary: '',
    publisher: '',
    licence: 'MIT',
    use: '',
    format: 'gguf',
    contextTokens: 512,
    dimensions: 4,
    languages: [],
    files: [
      { role: 'weights', name: 'mine.gguf', sources: [`hf:${doubleRepository}@${revision}/q4/mine.gguf`] },
      { role: 'tokenizer', name: 'tokenizer.json', sources: [`hf:${doubleRepository}@${revision}/tokenizer.json`] },
    ],
    ...more,
  });

function setup(): PullOptions & { folder: string; reports: PullProgress[]; manifest(): unknown } {
  const modelsFolder = mkdtempSync(path.join(tmpdir(), 'heddle-pins-'));
  const reports: PullProgress[] = [];
  const folder = path.join(modelsFolder, 'mine');
  return {
    files: new ModelFileStore(modelsFolder),
    hub: { endpoint: hub.url, token: undefined, answerMs: 10_000, idleMs: 10_000 },
    onProgress: (progress) => reports.push(progress),
    folder,
    reports,
    manifest: () => JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as unknown,
  };
}

/** Answers instead of the hub. */
function answer(response: ServerResponse, status: number, body: string | Buffer = ''): true {
  response.statusCode = status;
  response.end(body);
  return true;
}

const commit = (content = weights): string => hub.commit({ 'q4/mine.gguf': content, 'tokenizer.json': tokenizer });

describe('a model of a branch', () => {
  it('is bound to the commit and the hashes of the hub before its first byte', async () => {
    const first = commit();
    const options = setup();
    await pullModel(card(), options);
    expect(hub.asked).toEqual([
      '/api/models/owner/repo/revision/main?blobs=true',
      `/owner/repo/resolve/${first}/q4/mine.gguf`,
      '/api/models/owner/repo/revision/main?blobs=true',
      `/owner/repo/resolve/${first}/tokenizer.json`,
    ]);
    expect(options.manifest()).toMatchObject({
      files: {
        'mine.gguf': { commit: first, sha256: sha256(weights), size: weights.length, pin: 'recorded' },
        'tokenizer.json': { commit: first, sha256: sha256(tokenizer), size: tokenizer.length, pin: 'recorded' },
      },
    });
    const shown = options.reports.find(({ file, commit: received }) => file === 'mine.gguf' && received !== undefined);
    expect(shown).toMatchObject({ stage: 'connect', bytes: 0, commit: first, sha256: sha256(weights) });
    expect(await options.files.states(card())).toMatchObject([{ status: 'ready' }, { status: 'ready' }]);
  });

  it('never follows the branch again: neither for the rest of a download nor for another download', async () => {
    const first = commit();
    const options = setup();
    hub.replace = (_path, response) => answer(response, 500);
    await expect(pullModel(card(), options)).rejects.toMatchObject({ code: 'no_source' });
    commit(otherWeights);
    hub.replace = undefined;
    await pullModel(card(), options);
    expect(readFileSync(path.join(options.folder, 'mine.gguf')).equals(weights)).toBe(true);
    rmSync(path.join(options.folder, 'mine.gguf'));
    hub.asked.length = 0;
    await pullModel(card(), options);
    expect(hub.asked).toEqual([`/owner/repo/resolve/${first}/q4/mine.gguf`]);
  });

  it('refuses the file of a branch that moved when only the hash was recorded, before it downloads', async () => {
    commit(otherWeights);
    const options = setup();
    // The record of an earlier Heddle: without a commit.
    const source = card().files[0]!.sources[0];
    const record = { sha256: sha256(weights), size: weights.length, source, fetchedAt: '2026-01-01T00:00:00.000Z' };
    await pullModel(card(), options);
    writeFileSync(path.join(options.folder, 'manifest.json'), JSON.stringify({ files: { 'mine.gguf': record } }));
    rmSync(path.join(options.folder, 'mine.gguf'));
    hub.asked.length = 0;
    await expect(pullModel(card(), options)).rejects.toMatchObject({
      code: 'checksum_mismatch',
      message: expect.stringMatching(/is now a different file[\s\S]*remove/) as unknown,
    });
    expect(hub.asked.filter((address) => address.includes('mine.gguf'))).toEqual([]);
  });

  it('is not downloaded while the hub does not name its commit', async () => {
    commit();
    for (const body of ['<html>Welcome to the hotel</html>', '{"sha":"main","siblings":[]}', '{"siblings":[]}']) {
      const options = setup();
      hub.reply = (response) => answer(response, 200, body);
      await expect(pullModel(card(), options)).rejects.toThrow(/does not say which file 'main' of 'owner\/repo' holds/);
      expect(readdirSync(options.folder)).toEqual([]);
    }
    expect(hub.asked.some((address) => address.includes('resolve'))).toBe(false);
  });

  it('is reported as missing when its file or repository does not exist', async () => {
    hub.commit({ 'tokenizer.json': tokenizer });
    await expect(pullModel(card(), setup())).rejects.toThrow(/has no 'q4\/mine.gguf' in 'owner\/repo' at 'main'/);
    await expect(pullModel(card('f'.repeat(40)), setup())).rejects.toThrow(/has no 'q4\/mine.gguf'/);
  });
});

describe('a mirror may not serve', () => {
  const page = Buffer.from('<!doctype html><title>502</title>'.padEnd(weights.length, ' '));
  const replies: readonly (readonly [string, Buffer])[] = [
    ['two bytes', Buffer.from('{}')],
    ['nothing', Buffer.alloc(0)],
    ['a page with status 200', Buffer.from('<!doctype html><title>Sign in</title>')],
    ['a page of the right size', page],
    ['a cut file', weights.subarray(0, 900)],
    ['a longer file', Buffer.concat([weights, Buffer.alloc(10)])],
    ['another model of the same size', otherWeights],
  ];

  it.each(replies)('%s, for a file whose hash the hub names', async (_name, reply) => {
    commit();
    const options = setup();
    hub.replace = (_path, response) => answer(response.setHeader('content-length', reply.length), 200, reply);
    await expect(pullModel(card(), options)).rejects.toMatchObject({ code: 'checksum_mismatch' });
    expect(existsSync(path.join(options.folder, 'mine.gguf'))).toBe(false);
    expect((await options.files.states(card()))[0]).toMatchObject({ status: 'absent' });
  });

  it('more bytes than the file has, without announcing them', async () => {
    commit();
    const options = setup();
    hub.replace = (_path, response) => {
      response.write(Buffer.alloc(100_000));
      response.end();
      return true;
    };
    await expect(pullModel(card(), options)).rejects.toThrow(/more bytes/);
  });

  it('a changed small file that git itself keeps', async () => {
    commit();
    const options = setup();
    const changed = Buffer.from(tokenizer.toString().replace('BPE', 'BPX'));
    hub.replace = (location, response) => location === 'tokenizer.json' && answer(response, 200, changed);
    await expect(pullModel(card(), options)).rejects.toThrow(/git hash/);
  });

  it.each([
    ['two bytes', Buffer.from('{}')],
    ['a page', Buffer.from('<!doctype html><title>Sign in</title>')],
    ['a cut file', weights.subarray(0, 900)],
    ['a head without weights', Buffer.concat([Buffer.from('GGUF'), Buffer.from([3, 0, 0, 0]), Buffer.alloc(16)])],
  ])('%s from a source without a hash', async (_name, content) => {
    const options = setup();
    const local = path.join(mkdtempSync(path.join(tmpdir(), 'heddle-local-')), 'mine.gguf');
    writeFileSync(local, content);
    const mine = card('main', { files: [{ role: 'weights', name: 'mine.gguf', sources: [`file:${local}`] }] });
    await expect(pullModel(mine, options)).rejects.toMatchObject({
      code: 'model_file_invalid',
      message: expect.stringContaining(local) as unknown,
    });
    expect(await options.files.states(mine)).toMatchObject([{ status: 'absent' }]);
    expect(readdirSync(options.folder)).toEqual([]);
  });
});

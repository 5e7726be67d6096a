import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ModelCard } from '@heddle/core';
import { tinyGguf } from './__fixtures__/tiny-gguf.js';
import { ModelFileStore } from './model-file-store.js';

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const content = tinyGguf(1000);
const other = tinyGguf(1000, 7);

const card = (file: object = {}, more: object = {}): ModelCard =>
  ModelCard.parse({
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
    files: [{ role: 'weights', name: 'small.gguf', sources: ['hf:owner/repo@main/small.gguf'], ...file }],
    ...more,
  });

/** A folder of models with one file from a user or an earlier Heddle. */
function setup(found: Buffer, record?: object) {
  const modelsFolder = mkdtempSync(path.join(tmpdir(), 'heddle-files-'));
  const folder = path.join(modelsFolder, 'small');
  const file = path.join(folder, 'small.gguf');
  const manifest = path.join(folder, 'manifest.json');
  mkdirSync(folder);
  writeFileSync(file, found);
  if (record !== undefined) writeFileSync(manifest, JSON.stringify({ files: { 'small.gguf': record } }));
  return {
    modelsFolder,
    file,
    files: new ModelFileStore(modelsFolder),
    recorded: (): unknown =>
      (JSON.parse(readFileSync(manifest, 'utf8')) as { files: Record<string, unknown> }).files['small.gguf'],
    /** Another process: it knows only what the folder contains. */
    restart: () => new ModelFileStore(modelsFolder),
  };
}

/** The record that an earlier Heddle wrote after a download. */
const recordOf = (of: Buffer) => ({
  sha256: sha256(of),
  size: of.length,
  source: 'hf:owner/repo@main/small.gguf',
  fetchedAt: '2026-01-01T00:00:00.000Z',
});

const later = (file: string): void => utimesSync(file, new Date(), new Date(Date.now() + 10_000));

describe('a file from an earlier Heddle or a user', () => {
  it('is verified once by its format, and recorded, without a download', async () => {
    const { files, recorded, restart } = setup(content);
    expect(await files.states(card())).toMatchObject([{ status: 'unchecked' }]);
    expect((await files.ready(card())).get('weights')).toContain('small.gguf');
    expect(recorded()).toMatchObject({ sha256: sha256(content), size: content.length, pin: 'recorded' });
    expect(await restart().states(card())).toMatchObject([{ status: 'ready' }]);
  });

  it('is valid by the record of an earlier Heddle, even when the catalogue now pins another file', async () => {
    const { files, recorded } = setup(content, recordOf(content));
    const pinned = card({ sha256: sha256(other), size: other.length + 5 });
    await files.ready(pinned);
    expect(recorded()).toMatchObject({ ...recordOf(content), pin: 'recorded', mtimeMs: expect.any(Number) as unknown });
  });

  it('is refused when it differs from the record of an earlier Heddle', async () => {
    const { files } = setup(other, recordOf(content));
    await expect(files.ready(card())).rejects.toMatchObject({ code: 'model_file_invalid' });
  });

  it('is refused when it is a starter model with another hash', async () => {
    const { files } = setup(content, recordOf(content));
    const starter = card({ sha256: sha256(other) }, { isStarter: true });
    await expect(files.ready(starter)).rejects.toThrow(/has the SHA-256/);
    await setup(other, recordOf(other)).files.ready(starter);
  });

  it('is refused when a user put it there and the catalogue pins another file', async () => {
    const { files } = setup(content);
    await expect(files.ready(card({ sha256: sha256(other) }))).rejects.toMatchObject({ code: 'model_file_invalid' });
  });

  it.each([
    ['two bytes', Buffer.from('{}')],
    ['a page', Buffer.from('<!doctype html>')],
    ['cut', content.subarray(0, 1000)],
  ])('is invalid when it is %s, even with a record of it', async (_name, found) => {
    for (const record of [undefined, recordOf(found)]) {
      const { files } = setup(found, record);
      expect(await files.verify(card())).toMatchObject([
        { status: 'invalid', problem: expect.stringContaining('heddle models pull') as unknown },
      ]);
      await expect(files.ready(card())).rejects.toMatchObject({ code: 'model_file_invalid' });
    }
  });
});

describe('a file that was verified', () => {
  it('is checked by size and time only', async () => {
    const { files, file, restart } = setup(content);
    // Whole seconds, which the file system returns unchanged.
    const time = 1_700_000_000;
    utimesSync(file, time, time);
    await files.ready(card());
    writeFileSync(file, other);
    utimesSync(file, time, time);
    // The file is not read: its size and time are the recorded ones.
    expect(await restart().states(card())).toMatchObject([{ status: 'ready' }]);
  });

  it('is verified again after its time changed, and stays ready when its content is the same', async () => {
    const { files, file, restart } = setup(content);
    await files.ready(card());
    later(file);
    expect(await files.states(card())).toMatchObject([{ status: 'unchecked' }]);
    expect(await files.verify(card())).toMatchObject([{ status: 'ready' }]);
    expect(await restart().states(card())).toMatchObject([{ status: 'ready' }]);
  });

  it('is invalid after its content changed, and ready again when the content is restored', async () => {
    const { files, file } = setup(content);
    await files.ready(card());
    writeFileSync(file, other);
    later(file);
    await expect(files.ready(card())).rejects.toThrow(/Remove it and run heddle models pull small/);
    expect(await files.states(card())).toMatchObject([{ status: 'invalid' }]);
    writeFileSync(file, content);
    await files.ready(card());
  });

  it('is invalid at once when its size changed', async () => {
    const { files, file } = setup(content);
    await files.ready(card());
    writeFileSync(file, content.subarray(0, 500));
    expect(await files.states(card())).toMatchObject([
      { status: 'invalid', problem: expect.stringContaining(`has 500 bytes, not ${content.length}`) as unknown },
    ]);
  });

  it('is remembered by the process when the folder cannot be written', async () => {
    const { files, file } = setup(content);
    const folder = path.dirname(file);
    // A folder instead of the manifest: no user can write it, not even root.
    mkdirSync(path.join(folder, 'manifest.json'));
    await files.ready(card());
    expect(await files.states(card())).toMatchObject([{ status: 'ready' }]);
    rmSync(folder, { recursive: true });
    expect(await files.states(card())).toMatchObject([{ status: 'absent' }]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { blobsUrlOf, databaseUrlOf, pgvectorUrlOf, redisUrlOf } from './server-urls.js';
import { describeSettings, readSettings, settingsMarkdown } from './read-settings.js';

describe('settings', () => {
  it('fills in the defaults', () => {
    const settings = readSettings({});
    expect(settings.port).toBe(3000);
    expect(settings.host).toBe('127.0.0.1');
    expect(settings.dataFolder).toBe(resolve('.heddle'));
    expect(settings.allowedHosts).toEqual([]);
    expect(settings.qdrantUrl).toBeUndefined();
    expect(settings.bodyLimit).toBe(10 * 1024 * 1024);
  });

  it('lets overrides win over the environment, and treats an empty value as missing', () => {
    const settings = readSettings(
      { PORT: '4000', HOST: '', HEDDLE_ALLOWED_HOSTS: 'a.example, b.example' },
      { PORT: '5000' },
    );
    expect(settings.port).toBe(5000);
    expect(settings.host).toBe('127.0.0.1');
    expect(settings.allowedHosts).toEqual(['a.example', 'b.example']);
  });

  it('names every bad value in one error', () => {
    const read = () => readSettings({ PORT: '70000', HEDDLE_BODY_LIMIT: 'lots', HEDDLE_LOG: 'loud' });
    expect(read).toThrow(expect.objectContaining({ code: 'setting_invalid' }));
    expect(read).toThrow(
      /PORT: '70000' must be .*HEDDLE_LOG: 'loud' must be one of .*HEDDLE_BODY_LIMIT: 'lots' must be/,
    );
  });

  it('never shows a secret, even an invalid one', () => {
    const shown = JSON.stringify(describeSettings(readSettings({ HF_TOKEN: 'hf_canary', QDRANT_API_KEY: 'canary' })));
    expect(shown).not.toContain('canary');
    expect(shown).toContain('(set)');
  });

  it('reads the address of Postgres from its setting or a file, and shows it nowhere', () => {
    const url = 'postgres://heddle:canary@db:5432/heddle';
    const settings = readSettings({ HEDDLE_DATABASE_URL: url });
    expect(databaseUrlOf(settings)).toBe(url);
    expect(JSON.stringify(describeSettings(settings))).not.toContain('canary');
    const bad = () => readSettings({ HEDDLE_DATABASE_URL: 'mysql://me:canary@db/x' });
    expect(bad).toThrow(/HEDDLE_DATABASE_URL: the value must be an address as postgres:/);
    expect(bad).not.toThrow(/canary/);
    const folder = mkdtempSync(join(tmpdir(), 'heddle-settings-'));
    try {
      const file = join(folder, 'address');
      const read = () => databaseUrlOf(readSettings({ HEDDLE_DATABASE_URL_FILE: file }));
      expect(read).toThrow(expect.objectContaining({ code: 'setting_invalid' }));
      writeFileSync(file, `${url}\n`);
      expect(read()).toBe(url);
      writeFileSync(file, 'canary');
      expect(read).toThrow(/has no address of Postgres/);
      expect(read).not.toThrow(/canary/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(databaseUrlOf(readSettings({}))).toBeUndefined();
  });

  it('reads the address of Redis, and shows it nowhere', () => {
    const url = 'rediss://heddle:canary@queue:6380/2';
    const settings = readSettings({ HEDDLE_REDIS_URL: url });
    expect(redisUrlOf(settings)).toBe(url);
    expect(JSON.stringify(describeSettings(settings))).not.toContain('canary');
    for (const bad of ['http://me:canary@queue', 'redis:canary', 'redis://', 'canary:6379']) {
      const read = () => readSettings({ HEDDLE_REDIS_URL: bad });
      expect(read).toThrow(/HEDDLE_REDIS_URL: the value must be an address as redis:/);
      expect(read).not.toThrow(/canary/);
    }
    expect(() => redisUrlOf(readSettings({ HEDDLE_REDIS_URL_FILE: '/nowhere' }))).toThrow(
      expect.objectContaining({ code: 'setting_invalid' }),
    );
  });

  it('reads the address of pgvector from its setting or a file, and shows it nowhere', () => {
    const url = 'postgres://heddle:canary@db:5432/heddle';
    const settings = readSettings({ PGVECTOR_URL: url, PGVECTOR_URL_FILE: '/nowhere' });
    expect(pgvectorUrlOf(settings)).toBe(url);
    expect(JSON.stringify(describeSettings(settings))).not.toContain('canary');
    const folder = mkdtempSync(join(tmpdir(), 'heddle-settings-'));
    try {
      const file = join(folder, 'address');
      const read = () => pgvectorUrlOf(readSettings({ PGVECTOR_URL_FILE: file }));
      expect(read).toThrow(/^PGVECTOR_URL_FILE: .* cannot be read/);
      writeFileSync(file, `${url}\n`);
      expect(read()).toBe(url);
      writeFileSync(file, 'canary');
      expect(read).toThrow(/^PGVECTOR_URL_FILE: .* has no address of Postgres/);
      expect(read).not.toThrow(/canary/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(pgvectorUrlOf(readSettings({}))).toBeUndefined();
  });

  it('reads the address of a bucket, and shows it nowhere', () => {
    const url = 's3://key:canary@heddle/production?endpoint=https://s3.example.org';
    const settings = readSettings({ HEDDLE_BLOBS_URL: url });
    expect(blobsUrlOf(settings)).toBe(url);
    expect(JSON.stringify(describeSettings(settings))).not.toContain('canary');
    for (const bad of ['http://me:canary@heddle', 's3:canary', 's3://', 'canary']) {
      const read = () => readSettings({ HEDDLE_BLOBS_URL: bad });
      expect(read).toThrow(/HEDDLE_BLOBS_URL: the value must be an address as s3:/);
      expect(read).not.toThrow(/canary/);
    }
    expect(() => blobsUrlOf(readSettings({ HEDDLE_BLOBS_URL_FILE: '/nowhere' }))).toThrow(
      expect.objectContaining({ code: 'setting_invalid' }),
    );
  });

  it('reports the source of each value', () => {
    const described = describeSettings(readSettings({ HOST: '::1', PORT: '1', HEDDLE_LOG: ' ' }, { PORT: '2' }));
    const source = (name: string) => described.find((setting) => setting.name === name)?.source;
    expect([source('HOST'), source('PORT'), source('HEDDLE_LOG')]).toEqual(['environment', 'command', 'default']);
  });

  it('refuses a number of bytes beyond any machine', () => {
    expect(() => readSettings({ HEDDLE_UPLOAD_LIMIT: '99999999999999gb' })).toThrow('at most 1024gb');
    expect(readSettings({ HEDDLE_UPLOAD_LIMIT: '1024gb' }).uploadLimit).toBe(1024 ** 4);
  });

  it('documents every setting in Markdown', () => {
    expect(settingsMarkdown().split('\n').length - 3).toBe(describeSettings(readSettings({})).length);
  });
});

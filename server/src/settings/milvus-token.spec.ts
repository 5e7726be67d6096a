import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { milvusTokenOf } from './milvus-token.js';

describe('the token for Milvus', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-token-'));
    writeFileSync(join(folder, 'token'), 'root:canary\n');
    writeFileSync(join(folder, 'empty'), '\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const of = (milvusToken: string | undefined, name?: string) =>
    milvusTokenOf({ milvusToken, milvusTokenFile: name === undefined ? undefined : join(folder, name) });

  it('is that of the setting, else that of the file, else none', () => {
    expect([of('own', 'token'), of(undefined, 'token'), of(undefined)]).toEqual(['own', 'root:canary', undefined]);
  });

  it.each(['empty', 'missing'])('refuses a file that is %s, and names the setting', (name) => {
    expect(() => of(undefined, name)).toThrow(
      expect.objectContaining({ code: 'setting_invalid', details: { settings: ['MILVUS_TOKEN_FILE'] } }),
    );
  });
});

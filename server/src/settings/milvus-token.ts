import { readFileSync } from 'node:fs';
import { HeddleError } from '@heddle/core';
import type { Settings } from './settings-table.js';

/** Reads the token for Milvus from its setting or its file; undefined if neither is set. Errors: `setting_invalid`. */
export function milvusTokenOf({
  milvusToken,
  milvusTokenFile: file,
}: Pick<Settings, 'milvusToken' | 'milvusTokenFile'>): string | undefined {
  if (milvusToken !== undefined || file === undefined) return milvusToken;
  const problem = (reason: string, cause?: unknown): HeddleError =>
    new HeddleError('setting_invalid', `MILVUS_TOKEN_FILE: ${file} ${reason}.`, {
      cause,
      details: { settings: ['MILVUS_TOKEN_FILE'] },
    });
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw problem('cannot be read: name a file with the token', cause);
  }
  if (text === '') throw problem('is empty: write user:password or a key into it');
  return text;
}

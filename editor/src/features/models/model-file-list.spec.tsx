/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ModelFileState } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { ModelFileList } from './ModelFileList.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const commit = 'bc640142c66e1fdd12af0bd68f40445458f3869b';
const sha256 = '7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5';

let root: Root;
beforeEach(() => {
  const container = document.createElement('div');
  document.body.append(container);
  root = createRoot(container);
});
afterEach(() => act(() => root.unmount()));

describe('the files on the card of a model', () => {
  it('show what Heddle pins and what the first download recorded, with full hashes in the tooltip', () => {
    const files: readonly ModelFileState[] = [
      { name: 'model.gguf', status: 'absent', bytes: 0, pin: 'heddle', commit, sha256 },
      { name: 'tokenizer.json', status: 'ready', bytes: 9, pin: 'recorded', commit, sha256, source: 'hf:a/b@main/c' },
      { name: 'other.json', status: 'absent', bytes: 0, pin: 'none' },
    ];
    act(() => root.render(<ModelFileList files={files} />));
    const rows = [...document.querySelectorAll('li')];
    expect(rows.map(({ textContent }) => textContent)).toEqual([
      'model.gguf pinned by Heddle: commit bc64014, SHA-256 7485fe6f11af',
      'tokenizer.json recorded at the first download: commit bc64014, SHA-256 7485fe6f11af',
      'other.json not pinned yet: the first download records commit and hash',
    ]);
    expect(rows[0]?.dataset['tip']).toBe(`Commit ${commit}\nSHA-256 ${sha256}`);
  });

  it('are hidden when there are none', () => {
    act(() => root.render(<ModelFileList files={[]} />));
    expect(document.querySelector('dt')).toBeNull();
  });
});

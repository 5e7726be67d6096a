import { describe, expect, it } from '@jest/globals';
import { pinText } from './pin-text.js';

const commit = 'bc640142c66e1fdd12af0bd68f40445458f3869b';
const sha256 = '7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5';

describe('the enforced commit and hash of a model file', () => {
  it.each([
    [{ pin: 'heddle', commit, sha256 }, 'pinned by Heddle: commit bc64014, SHA-256 7485fe6f11af'],
    [{ pin: 'entry', sha256 }, 'pinned by its entry: SHA-256 7485fe6f11af'],
    [
      { pin: 'recorded', commit, sha256, source: 'hf:a/b@main/c' },
      'recorded at the first download: commit bc64014, SHA-256 7485fe6f11af',
    ],
    [{ pin: 'recorded', sha256, source: 'by hand' }, 'recorded at the first check: SHA-256 7485fe6f11af'],
    [{ pin: 'none' }, 'not pinned yet: the first download records commit and hash'],
    [{ pin: 'none', commit }, 'pinned to commit bc64014: the first download records its hash'],
  ] as const)('describes %j', (file, text) => {
    expect(pinText(file)).toBe(text);
  });
});

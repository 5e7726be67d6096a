import { diffWords } from '@heddle/core';
import type { ReactElement } from 'react';
import { FieldDiff } from '../differences/index.js';

/** The differences between two texts, word by word. */
export function WordDiff({ before, after }: { readonly before: string; readonly after: string }): ReactElement {
  if (before === after) return <p className="quiet">Both texts are the same.</p>;
  return <FieldDiff fields={[{ path: 'text', before, after, words: diffWords(before, after) }]} />;
}

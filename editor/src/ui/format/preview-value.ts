import { Message, Passage, type LabelledValue, type PortTypeName } from '@heddle/core';
import { z } from 'zod';
import { relevanceOf } from '../values/read/relevance.js';
import { textOf } from './text-of.js';

/** A short form of a value, for where space is short. */
type ValuePreview =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'passages'; readonly passages: readonly PassagePreview[]; readonly count: number };

export interface PassagePreview {
  readonly id: string;
  readonly name: string;
  readonly score: number | undefined;
  /** From 0 to 1; undefined if the passage has no score. */
  readonly relevance: number | undefined;
  readonly text: string;
}

const Passages = z.array(Passage);
const Messages = z.array(Message);
const longestText = 2000;

/**
 * The beginning of a value, the last message of a conversation, or passages with their scores. A value that is not loaded is shown by its
 * preview.
 */
export function previewValue(labelled: LabelledValue, type: PortTypeName | undefined): ValuePreview {
  const { value, preview } = labelled;
  if (value === undefined) return preview === undefined ? { kind: 'text', text: '' } : fromPreview(preview, type);
  if (type === 'Passages' || type === 'Json') {
    const passages = Passages.safeParse(value);
    if (passages.success && passages.data.length > 0) {
      const relevance = relevanceOf(passages.data);
      const shown = passages.data.slice(0, 4).map((passage, index) => passagePreview(passage, relevance[index]));
      return { kind: 'passages', count: passages.data.length, passages: shown };
    }
  }
  const last = type === 'Messages' ? Messages.safeParse(value).data?.at(-1) : undefined;
  return { kind: 'text', text: (last === undefined ? textOf(value) : messageText(last)).slice(0, longestText) };
}

function messageText({ role, content }: Message): string {
  const parts =
    typeof content === 'string'
      ? [content]
      : content.map((part) => (part.type === 'text' ? part.text : `[${part.file.name}]`));
  return `${role}: ${parts.join(' ')}`;
}

function passagePreview(passage: Passage, relevance: number | undefined): PassagePreview {
  return {
    id: passage.id,
    name: passage.title ?? passage.document,
    score: passage.score,
    relevance,
    text: passage.text.slice(0, 160),
  };
}

/** Reads the preview of passages, which is truncated JSON, and shows the passages that are complete in it. */
function fromPreview(preview: string, type: PortTypeName | undefined): ValuePreview {
  if (type !== 'Passages') return { kind: 'text', text: preview };
  const names = [...preview.matchAll(/"document":"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
  if (names.length === 0) return { kind: 'text', text: preview };
  return {
    kind: 'passages',
    count: names.length,
    passages: names.map((name, index) => ({ id: `${index}`, name, score: undefined, relevance: undefined, text: '' })),
  };
}

import { createElement, Suspense, useState, type ReactElement, type ReactNode } from 'react';
import { LongText } from '../values/LongText.js';
import type { Segment } from './mark-tokens.js';
import { bodyNow } from './markdown-parts.js';

/**
 * A text rendered as Markdown: paragraphs, lists, tables, code and links, but no HTML and no external images. Until the Markdown reader is
 * loaded, it is shown as plain text.
 */
export function Markdown({
  text,
  marks,
  until,
}: {
  readonly text: string;
  /** The same text in parts; some of them are marked. */
  readonly marks?: readonly Segment[];
  /** Shown until the reader is loaded. Default: the plain text. */
  readonly until?: ReactNode;
}): ReactElement {
  // Uses the same component as long as this one is mounted.
  const [Body] = useState(bodyNow);
  return <Suspense fallback={until ?? <LongText text={text} />}>{createElement(Body, { text, marks })}</Suspense>;
}

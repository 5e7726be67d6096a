import { createElement, Suspense, useState, type ReactElement, type ReactNode } from 'react';
import { LongText } from '../values/LongText.js';
import type { Segment } from './mark-tokens.js';
import { bodyNow } from './markdown-parts.js';

/** A text as Markdown: text, lists, tables, code and links, never HTML, and no external image. Plain until the reader is loaded. */
export function Markdown({
  text,
  marks,
  until,
}: {
  readonly text: string;
  /** The same text in parts, some of them marked. */
  readonly marks?: readonly Segment[];
  /** Shown until the reader is loaded; by default the plain text. */
  readonly until?: ReactNode;
}): ReactElement {
  // One component for as long as this is mounted.
  const [Body] = useState(bodyNow);
  return <Suspense fallback={until ?? <LongText text={text} />}>{createElement(Body, { text, marks })}</Suspense>;
}

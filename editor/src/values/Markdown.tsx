import { createElement, Suspense, useState, type ReactElement, type ReactNode } from 'react';
import { LongText } from './LongText.js';
import type { Segment } from './mark-tokens.js';
import { bodyNow } from './markdown-parts.js';

/** A text as Markdown: words, lists, tables, code and links, never markup, and no picture from elsewhere. Plain until its reader is loaded. */
export function Markdown({
  text,
  marks,
  until,
}: {
  readonly text: string;
  /** The same text in parts, of which some are marked. */
  readonly marks?: readonly Segment[];
  /** What stands there until the reader is loaded; else the text as it is. */
  readonly until?: ReactNode;
}): ReactElement {
  // One component for as long as this stands there.
  const [Body] = useState(bodyNow);
  return <Suspense fallback={until ?? <LongText text={text} />}>{createElement(Body, { text, marks })}</Suspense>;
}

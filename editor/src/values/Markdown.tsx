import { createElement, Suspense, useState, type ReactElement } from 'react';
import { LongText } from './LongText.js';
import { bodyNow } from './markdown-parts.js';

/** A text as Markdown: words, lists, tables, code and links, never markup, and no picture from elsewhere. Plain until its reader is loaded. */
export function Markdown({ text }: { readonly text: string }): ReactElement {
  // One component for as long as this stands there.
  const [Body] = useState(bodyNow);
  return <Suspense fallback={<LongText text={text} />}>{createElement(Body, { text })}</Suspense>;
}

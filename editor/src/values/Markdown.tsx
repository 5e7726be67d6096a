import { lazy, Suspense, type ReactElement } from 'react';
import { LongText } from './LongText.js';

const MarkdownBody = lazy(() => import('./MarkdownBody.js'));

/** A text as Markdown: words, lists, tables, code and links, never markup, and no picture from elsewhere. Plain until its reader is loaded. */
export function Markdown({ text }: { readonly text: string }): ReactElement {
  return (
    <Suspense fallback={<LongText text={text} />}>
      <MarkdownBody text={text} />
    </Suspense>
  );
}

import { createElement, Suspense, useState, type ReactElement } from 'react';
import { stablePieces } from '../format/stable-pieces.js';
import { completeMarkdown } from './complete-markdown.js';
import { isLikelyMarkdown } from './is-likely-markdown.js';
import { growingNow } from './markdown-parts.js';

/** How many characters are checked to decide whether a text is Markdown. */
const decisive = 4000;

/** A streaming text with a caret at its end. If it looks like Markdown, it is formatted while it grows. */
export function WrittenText({ text, isWriting }: { readonly text: string; readonly isWriting: boolean }): ReactElement {
  // Uses the same component as long as this one is mounted.
  const [Growing] = useState(growingNow);
  const begin = text.slice(0, decisive);
  const plain = (
    <p className="answer" dir="auto">
      {stablePieces(text)}
      {isWriting ? <span className="caret" aria-hidden /> : null}
    </p>
  );
  if (!isLikelyMarkdown(isWriting ? completeMarkdown(begin) : begin)) return plain;
  return (
    <Suspense fallback={plain}>
      <div className="answer answer-markdown">{createElement(Growing, { text, isWriting })}</div>
    </Suspense>
  );
}

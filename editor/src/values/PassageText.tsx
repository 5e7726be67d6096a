import type { ReactElement } from 'react';
import { CitedSources } from './CitedWords.js';
import { looksLikeMarkdown } from './looks-like-markdown.js';
import { Markdown } from './Markdown.js';
import type { Segment } from './mark-tokens.js';
import { plainWords } from './plain-words.js';
import { visibleText } from './visible-text.js';

/**
 * The words of a document as they read: headings, lists, emphasis and tables where they are written as Markdown, else the text as it
 * is. What is HTML in it stands there as text. `parts` are its parts in their order, with those that are marked.
 */
export function PassageText({ parts }: { readonly parts: readonly Segment[] }): ReactElement {
  const text = parts.map((part) => part.text).join('');
  if (!looksLikeMarkdown(text)) return <PlainText parts={parts} />;
  const plain = <PlainText parts={parts.map((part) => ({ ...part, text: plainWords(part.text) }))} />;
  return (
    // A number in brackets is the document's own here, and leads to no source of the answer.
    <CitedSources value={undefined}>
      <div className="passage-text">
        <Markdown text={text} marks={parts} until={plain} />
      </div>
    </CitedSources>
  );
}

function PlainText({ parts }: { readonly parts: readonly Segment[] }): ReactElement {
  return (
    <p className="value-text" dir="auto">
      {parts.map((part, index) =>
        part.isMarked ? <mark key={index}>{visibleText(part.text)}</mark> : visibleText(part.text),
      )}
    </p>
  );
}

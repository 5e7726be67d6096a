import type { ReactElement } from 'react';
import { CitedSources } from '../markdown/CitedText.js';
import { isLikelyMarkdown } from '../markdown/is-likely-markdown.js';
import { Markdown } from '../markdown/Markdown.js';
import type { Segment } from '../markdown/mark-tokens.js';
import { plainText } from '../markdown/plain-text.js';
import { visibleText } from '../markdown/visible-text.js';

/**
 * The text of a document, with headings, lists, emphasis and tables if it is Markdown, otherwise plain. HTML in it is shown as text.
 * `parts` is the text in order, split at the marks.
 */
export function PassageText({ parts }: { readonly parts: readonly Segment[] }): ReactElement {
  const text = parts.map((part) => part.text).join('');
  if (!isLikelyMarkdown(text)) return <PlainText parts={parts} />;
  const plain = <PlainText parts={parts.map((part) => ({ ...part, text: plainText(part.text) }))} />;
  return (
    // A number in brackets belongs to the document itself and cites no source of the answer.
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

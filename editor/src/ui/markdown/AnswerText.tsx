import type { Citation } from '@heddle/core';
import { useCallback, type ReactElement } from 'react';
import { CitedSources, CitedText, type MarkSource } from './CitedText.js';
import { isLikelyMarkdown } from './is-likely-markdown.js';
import { Markdown } from './Markdown.js';
import { markedText } from './marks/marked-text.js';
import { visibleText } from './visible-text.js';

/**
 * An answer, rendered as Markdown if it looks like Markdown. Each `[1]` becomes the mark of its source, by default a link to it. A sentence
 * that does not name its source gets the mark after it.
 */
export function AnswerText({
  text: written,
  citations,
  mark = sourceLink,
}: {
  readonly text: string;
  /** If a citation has `shown`, its mark shows that number. */
  readonly citations: readonly (Citation & { readonly shown?: number })[];
  readonly mark?: MarkSource | undefined;
}): ReactElement {
  const text = markedText(written, citations);
  const markKnown = useCallback(
    (number: number) => {
      const cited = citations.find((citation) => citation.number === number);
      return cited === undefined ? undefined : mark(cited.shown ?? number);
    },
    [citations, mark],
  );
  return (
    <CitedSources value={markKnown}>
      {isLikelyMarkdown(text) ? (
        <div className="answer answer-markdown">
          <Markdown text={text} />
        </div>
      ) : (
        <p className="answer" dir="auto">
          <CitedText text={visibleText(text)} />
        </p>
      )}
    </CitedSources>
  );
}

const sourceLink = (number: number): ReactElement => (
  <a className="citation-mark centred-inline figure" href={`#source-${number}`} aria-label={`Source ${number}`}>
    {number}
  </a>
);

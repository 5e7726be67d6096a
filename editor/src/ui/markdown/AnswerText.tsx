import type { Citation } from '@heddle/core';
import { useCallback, type ReactElement } from 'react';
import { CitedSources, CitedText, type MarkSource } from './CitedText.js';
import { isLikelyMarkdown } from './is-likely-markdown.js';
import { Markdown } from './Markdown.js';
import { visibleText } from './visible-text.js';

/** An answer, as Markdown where it is written as such; each `[1]` is the mark of its source, by default a link to it. */
export function AnswerText({
  text,
  citations,
  mark = sourceLink,
}: {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly mark?: MarkSource;
}): ReactElement {
  const markKnown = useCallback(
    (number: number) => (citations.some((citation) => citation.number === number) ? mark(number) : undefined),
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

import type { Citation } from '@heddle/core';
import { useCallback, type ReactElement } from 'react';
import { CitedSources, CitedText, type MarkSource } from './CitedText.js';
import { isLikelyMarkdown } from './is-likely-markdown.js';
import { Markdown } from './Markdown.js';
import { markedText } from './marks/marked-text.js';
import { visibleText } from './visible-text.js';

/**
 * An answer, as Markdown where it is written as such; each `[1]` is the mark of its source, by default a link to it. A sentence with a
 * source that it does not name gets the mark behind it.
 */
export function AnswerText({
  text: written,
  citations,
  mark = sourceLink,
}: {
  readonly text: string;
  /** Those with `shown` have that number in their marks. */
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

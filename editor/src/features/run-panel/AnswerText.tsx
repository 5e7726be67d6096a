import type { Citation } from '@heddle/core';
import { useCallback, type ReactElement } from 'react';
import { CitedSources, CitedWords } from '../../ui/markdown/CitedWords.js';
import { looksLikeMarkdown } from '../../ui/markdown/looks-like-markdown.js';
import { Markdown } from '../../ui/markdown/Markdown.js';

/** An answer, as Markdown where it is written as such; its `[1]` link to their sources. */
export function AnswerText({
  text,
  citations,
}: {
  readonly text: string;
  readonly citations: readonly Citation[];
}): ReactElement {
  const isKnown = useCallback(
    (number: number) => citations.some((citation) => citation.number === number),
    [citations],
  );
  return (
    <CitedSources value={isKnown}>
      {looksLikeMarkdown(text) ? (
        <div className="answer answer-markdown">
          <Markdown text={text} />
        </div>
      ) : (
        <p className="answer" dir="auto">
          <CitedWords text={text} />
        </p>
      )}
    </CitedSources>
  );
}

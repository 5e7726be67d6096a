import type { Citation } from '@heddle/core';
import type { ReactElement } from 'react';
import { citationParts } from '../format/citation-parts.js';

/** An answer as plain text; its `[1]` lead to their sources. */
export function AnswerText({
  text,
  citations,
}: {
  readonly text: string;
  readonly citations: readonly Citation[];
}): ReactElement {
  const parts = citationParts(text, (number) => citations.some((citation) => citation.number === number));
  return (
    <p className="answer" dir="auto">
      {parts.map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          <a
            key={index}
            className="citation-mark figure"
            href={`#source-${part.number}`}
            aria-label={`Source ${part.number}`}
          >
            {part.number}
          </a>
        ),
      )}
    </p>
  );
}

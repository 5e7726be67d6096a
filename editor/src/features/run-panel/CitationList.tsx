import type { Citation } from '@heddle/core';
import type { ReactElement } from 'react';
import { CutText } from '../../ui/values/CutText.js';
import { PassageText } from '../../ui/values/PassageText.js';
import { locationText } from '../../ui/values/read/location-text.js';

/** The sources of an answer: document, position and the supporting text. */
export function CitationList({
  citations,
  isLinked = true,
}: {
  readonly citations: readonly Citation[];
  /** Whether the marks of the answer lead here: one list on a page at most. */
  readonly isLinked?: boolean;
}): ReactElement {
  return (
    <div className="sources">
      <h3 className="output-name small-quiet">Sources</h3>
      <ol>
        {citations.map((citation) => (
          <li
            key={`${citation.number} ${citation.passage} ${citation.quoteStart}`}
            id={isLinked ? `source-${citation.number}` : undefined}
            className="source"
            tabIndex={-1}
          >
            <span className="citation-mark centred-inline figure" aria-hidden>
              {citation.number}
            </span>
            <div>
              <p className="source-name strong-text">{citation.title ?? citation.document}</p>
              <p className="quiet small-text">
                {[citation.title === undefined ? '' : citation.document, locationText(citation.place)]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </p>
              <CutText as="blockquote" canOpen>
                <PassageText parts={[{ text: citation.quote, isMarked: false }]} />
              </CutText>
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}

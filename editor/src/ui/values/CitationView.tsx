import type { Citation } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { PageLink } from '../sources/PageLink.js';
import { LinkedBy } from './LinkedBy.js';
import { MoreEntries } from './MoreEntries.js';
import { PassageText } from './PassageText.js';
import { locationText } from './read/location-text.js';
import { visibleText } from '../markdown/visible-text.js';

const firstCitations = 30;

/** The sources of an answer: number, document, location and the supporting text. */
export function CitationView({ citations }: { readonly citations: readonly Citation[] }): ReactElement {
  const [most, setMost] = useState(firstCitations);
  return (
    <>
      <ol className="passages stack gap-12">
        {citations.slice(0, most).map((citation, index) => (
          <li key={index} className="passage" data-quoted>
            <p className="passage-head">
              <span className="citation-mark centred-inline figure">{citation.number}</span>
              <span className="source-name strong-text">{visibleText(citation.title ?? citation.document)}</span>
            </p>
            <p className="quiet small-text">
              {visibleText(
                [citation.title === undefined ? '' : citation.document, locationText(citation.place)]
                  .filter((part) => part !== '')
                  .join(' · '),
              )}
            </p>
            <LinkedBy names={citation.linkedBy} />
            <blockquote>
              <PassageText parts={[{ text: citation.quote.slice(0, 2000), isMarked: true }]} />
            </blockquote>
            <PageLink source={citation} />
          </li>
        ))}
      </ol>
      <MoreEntries
        shown={most}
        all={citations.length}
        what="sources"
        onMore={() => setMost((before) => before + firstCitations)}
      />
    </>
  );
}

import type { Citation } from '@heddle/core';
import type { ReactElement } from 'react';
import type { AsShown } from '../../ui/values/read/citations-as-shown.js';
import { PageLink } from '../../ui/sources/PageLink.js';
import { CutText } from '../../ui/values/CutText.js';
import { LinkedBy } from '../../ui/values/LinkedBy.js';
import { PassageText } from '../../ui/values/PassageText.js';
import { locationText } from '../../ui/values/read/location-text.js';
import styles from './run-panel.module.css';

/** The sources of an answer, each with its document, its position and the quoted text. */
export function CitationList({
  citations,
  isLinked = true,
}: {
  readonly citations: readonly AsShown<Citation>[];
  /** Whether the marks of the answer link to this list. This must be true for only one list on a page, because ids are unique. */
  readonly isLinked?: boolean;
}): ReactElement {
  return (
    <div className={styles['sources']}>
      <h3 className="output-name small-quiet">Sources</h3>
      <ol>
        {citations.map((citation, index) => (
          <li
            key={`${citation.shown} ${citation.passage} ${citation.quoteStart}`}
            // Several quotes of a passage share a number, and a mark links to the first of them.
            id={isLinked && citations[index - 1]?.shown !== citation.shown ? `source-${citation.shown}` : undefined}
            className={styles['source']}
            tabIndex={-1}
          >
            <span className="citation-mark centred-inline figure" aria-hidden>
              {citation.shown}
            </span>
            <div>
              <p className="source-name strong-text">{citation.title ?? citation.document}</p>
              <p className="quiet small-text">
                {[citation.title === undefined ? '' : citation.document, locationText(citation.place)]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </p>
              <LinkedBy names={citation.linkedBy} />
              <CutText as="blockquote" canOpen>
                <PassageText parts={[{ text: citation.quote, isMarked: false }]} />
              </CutText>
              <PageLink source={citation} />
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}

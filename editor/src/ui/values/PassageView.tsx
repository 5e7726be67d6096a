import type { Citation, Passage } from '@heddle/core';
import { useMemo, useState, type ReactElement } from 'react';
import { highlightParts } from './read/highlight-parts.js';
import { PageLink } from '../sources/PageLink.js';
import { MoreEntries } from './MoreEntries.js';
import { PassageText } from './PassageText.js';
import { locationText } from './read/location-text.js';
import { relevanceOf } from './read/relevance.js';
import { Relevance } from './Relevance.js';
import { visibleText } from '../markdown/visible-text.js';

const firstPassages = 20;
/** A longer passage is cut until a person opens it. */
const firstCharacters = 1200;

/** Passages in order: the source, its relevance with the scores of the search, and the text with the answer's quotes marked. */
export function PassageView({
  passages,
  citations = [],
}: {
  readonly passages: readonly Passage[];
  readonly citations?: readonly Citation[] | undefined;
}): ReactElement {
  const [most, setMost] = useState(firstPassages);
  const relevance = useMemo(() => relevanceOf(passages), [passages]);
  return (
    <>
      <ol className="passages stack gap-12">
        {passages.slice(0, most).map((passage, index) => (
          <OnePassage
            key={`${index} ${passage.id}`}
            passage={passage}
            number={index + 1}
            relevance={relevance[index]}
            citations={citations.filter((citation) => citation.passage === passage.id)}
          />
        ))}
      </ol>
      <MoreEntries
        shown={most}
        all={passages.length}
        what="passages"
        onMore={() => setMost((before) => before + firstPassages)}
      />
    </>
  );
}

/** The parts of the text that the search found. The text itself may contain more context. */
const foundIn = ({ text, found = [] }: Passage) =>
  found.map(([quoteStart, quoteEnd]) => ({ quoteStart, quoteEnd, quote: text.slice(quoteStart, quoteEnd) }));

function OnePassage({
  passage,
  number,
  relevance,
  citations,
}: {
  readonly passage: Passage;
  readonly number: number;
  readonly relevance: number | undefined;
  readonly citations: readonly Citation[];
}): ReactElement {
  const isLong = passage.text.length > firstCharacters + 200;
  const isQuotedFar = citations.some(({ quoteEnd }) => quoteEnd > firstCharacters);
  const [isOpen, setOpen] = useState(isQuotedFar);
  const text = isLong && !isOpen ? passage.text.slice(0, firstCharacters) : passage.text;
  const where = [passage.title === undefined ? '' : passage.document, locationText(passage.place)]
    .filter((part) => part !== '')
    .join(' · ');
  return (
    <li className="passage" data-quoted={citations.length > 0 || undefined}>
      <p className="passage-head">
        <span className="figure quiet">{number}</span>
        <span className="source-name strong-text">{visibleText(passage.title ?? passage.document)}</span>
      </p>
      {where === '' ? null : <p className="quiet small-text">{visibleText(where)}</p>}
      <Relevance relevance={relevance} passage={passage} />
      <PassageText
        parts={[
          ...highlightParts(text, citations.length > 0 ? citations : foundIn(passage)),
          ...(text.length < passage.text.length ? [{ text: '…', isMarked: false }] : []),
        ]}
      />
      {isLong ? (
        <button
          type="button"
          className="button button-small"
          aria-expanded={isOpen}
          onClick={() => setOpen((before) => !before)}
        >
          {isOpen ? 'Show less' : 'Show all'}
        </button>
      ) : null}
      <PageLink source={passage} />
    </li>
  );
}

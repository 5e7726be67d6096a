import type { Citation, Passage } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { formatScore } from '../format/format-score.js';
import { highlightParts } from './read/highlight-parts.js';
import { MoreEntries } from './MoreEntries.js';
import { PassageText } from './PassageText.js';
import { locationText } from './read/location-text.js';
import { scoreLegs } from './read/score-legs.js';
import { visibleText } from '../markdown/visible-text.js';

const firstPassages = 20;
/** Longer passages open on request. */
const firstCharacters = 1200;

/** Passages in order: the source, the score of each search method, and the text with the answer's quotes marked. */
export function PassageView({
  passages,
  citations = [],
}: {
  readonly passages: readonly Passage[];
  readonly citations?: readonly Citation[] | undefined;
}): ReactElement {
  const [most, setMost] = useState(firstPassages);
  return (
    <>
      <ol className="passages stack gap-12">
        {passages.slice(0, most).map((passage, index) => (
          <OnePassage
            key={`${index} ${passage.id}`}
            passage={passage}
            number={index + 1}
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

function OnePassage({
  passage,
  number,
  citations,
}: {
  readonly passage: Passage;
  readonly number: number;
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
        {passage.score === undefined ? null : (
          <span className="figure strong-text" data-tip="Score: higher is better, comparable within this list">
            {formatScore(passage.score)}
          </span>
        )}
      </p>
      {where === '' ? null : <p className="quiet small-text">{visibleText(where)}</p>}
      <Legs scores={passage.scores} />
      <PassageText
        parts={[
          ...highlightParts(text, citations),
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
    </li>
  );
}

/** The score of each search method that was used. */
function Legs({ scores }: { readonly scores: Passage['scores'] }): ReactElement | null {
  const known = scoreLegs(scores);
  if (known.length === 0) return null;
  return (
    <dl className="passage-legs wrapped small-quiet figure">
      {known.map(({ title, score }) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{formatScore(score)}</dd>
        </div>
      ))}
    </dl>
  );
}

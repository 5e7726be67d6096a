import { useCallback, useMemo, useState, type ReactElement } from 'react';
import type { MarkSource } from '../../ui/markdown/CitedText.js';
import { linkAttributes, safeLink } from '../../ui/markdown/safe-link.js';
import { visibleText } from '../../ui/markdown/visible-text.js';
import { LinkedBy } from '../../ui/values/LinkedBy.js';
import { PassageText } from '../../ui/values/PassageText.js';
import { citationsAsShown, type AsShown } from '../../ui/values/read/citations-as-shown.js';
import { locationText } from '../../ui/values/read/location-text.js';
import type { Source } from './types.js';

const maxTextLength = 3_000;
const around = 400;

type Folds = Map<number, HTMLDetailsElement>;

/**
 * The sources of an answer in the order of their citations, the mark in the answer that opens a source, and the folding elements of the
 * list.
 */
export interface Cited {
  readonly sources: readonly AsShown<Source>[];
  readonly mark: MarkSource;
  readonly folds: Folds;
}

/** The state that an answer and its list of sources share. */
export function useCited(answer: string, all: readonly Source[]): Cited {
  const [folds] = useState<Folds>(() => new Map());
  const sources = useMemo(() => citationsAsShown(answer, all), [answer, all]);
  const mark = useCallback<MarkSource>(
    (number) => {
      const source = sources.find(({ shown }) => shown === number);
      if (source === undefined) return undefined;
      const name = visibleText(source.title ?? source.document);
      const open = (): void => {
        const fold = folds.get(number);
        if (fold === undefined) return;
        fold.open = true;
        fold.querySelector('summary')?.focus();
        fold.scrollIntoView({ block: 'nearest' });
      };
      return (
        <button
          type="button"
          className="citation-mark centred-inline figure"
          data-tip={name}
          aria-label={`Source ${number}: ${name}`}
          onClick={open}
        >
          {number}
        </button>
      );
    },
    [sources, folds],
  );
  return { sources, mark, folds };
}

/** The list of sources that the marks of an answer open. */
export function CitedList({ cited: { sources, folds } }: { readonly cited: Cited }): ReactElement | null {
  const listed = useMemo(
    () => sources.filter(({ shown }, index) => sources.findIndex((other) => other.shown === shown) === index),
    [sources],
  );
  if (listed.length === 0) return null;
  return (
    <section className="stack gap-6" aria-label="Sources">
      <p className="small-quiet">Sources</p>
      {listed.map((source) => (
        <Fold
          key={source.shown}
          source={source}
          attach={(fold) => {
            if (fold !== null) folds.set(source.shown, fold);
          }}
        />
      ))}
    </section>
  );
}

function Fold({
  source,
  attach,
}: {
  readonly source: AsShown<Source>;
  readonly attach: (fold: HTMLDetailsElement | null) => void;
}): ReactElement {
  const location = [source.title === undefined ? '' : source.document, locationText(source.place)].filter(
    (part) => part !== '',
  );
  const address = source.source === undefined ? undefined : safeLink(source.source);
  return (
    <details ref={attach} className="source-fold boxed-surface">
      <summary>
        <span className="quiet figure">{source.shown}</span> {visibleText(source.title ?? source.document)}
      </summary>
      {location.length === 0 ? null : <p className="small-quiet">{visibleText(location.join(' · '))}</p>}
      <LinkedBy names={source.linkedBy} />
      <blockquote dir="auto">
        <PassageText parts={passageParts(source)} />
      </blockquote>
      {address === undefined ? null : (
        <p>
          <a {...linkAttributes(address)}>Open document</a>
        </p>
      )}
    </details>
  );
}

/** The passage around the quoted text, with the quote marked. Only the quote if the run returned no passage. */
function passageParts({ words: text, quote, quoteStart, quoteEnd }: Source) {
  const quoted = { text: quote.slice(0, maxTextLength), isMarked: true };
  if (text === undefined || text.slice(quoteStart, quoteEnd) !== quote) return [quoted];
  const before = text.slice(Math.max(0, quoteStart - around), quoteStart);
  const after = text.slice(quoteEnd, quoteEnd + around);
  return [
    { text: quoteStart > around ? `… ${before}` : before, isMarked: false },
    quoted,
    { text: quoteEnd + around < text.length ? `${after} …` : after, isMarked: false },
  ];
}

import clsx from 'clsx';
import type { Passage, SearchRequest } from '@heddle/core';
import { Search } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { Notice } from '../../ui/states/Notice.js';
import { SearchField } from '../../ui/fields/SearchField.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { CutText } from '../../ui/values/CutText.js';
import { PassageText } from '../../ui/values/PassageText.js';
import { useAction } from '../../data/queries/use-action.js';
import { relevanceOf } from '../../ui/values/read/relevance.js';
import { Relevance } from '../../ui/values/Relevance.js';
import { markQueryTerms } from './split-by-passages.js';
import styles from './collections.module.css';

type Mode = NonNullable<SearchRequest['mode']> | 'settings';

const modes = [
  ['settings', 'As set'],
  ['hybrid', 'Combined'],
  ['dense', 'Semantic'],
  ['lexical', 'Keyword'],
] as const satisfies readonly (readonly [Mode, string])[];

interface Found {
  readonly query: string;
  readonly results: readonly Passage[];
  readonly ms: number;
  /** Why the reranker did not order the passages. */
  readonly unranked: string | undefined;
}

/** Searches a collection as a workflow does, with the relevance of each passage. */
export function SearchPanel({
  name,
  title,
  hint,
  onOpen,
}: {
  readonly name: string;
  readonly title: string;
  /** Why a search cannot find anything yet. */
  readonly hint: string | undefined;
  readonly onOpen: (passage: Passage) => void;
}): ReactElement {
  const [query, setQuery] = useState('');
  const [mode, setMode] = useState<Mode>('settings');
  const [found, setFound] = useState<Found>();
  const relevance = useMemo(() => relevanceOf(found?.results ?? []), [found]);
  const action = useAction();
  const asked = useRef<AbortController>(undefined);
  useEffect(() => () => asked.current?.abort(), []);
  const search = (wanted: Mode): void => {
    if (query.trim() === '') return;
    asked.current?.abort();
    const { signal } = (asked.current = new AbortController());
    action.run(async () => {
      const startedAt = performance.now();
      const { results, unranked } = await client.POST('/api/collections/{name}/search', {
        params: { path: { name } },
        body: { query, mode: wanted === 'settings' ? undefined : wanted, k: 8, relevance: 'show' },
        signal,
      });
      setFound({ query, results, unranked: unranked?.message, ms: performance.now() - startedAt });
    });
  };
  return (
    <section className="section" data-part="search" aria-label="Search">
      <form
        className="aligned-wrapped gap-8"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          search(mode);
        }}
      >
        <SearchField
          label={`Search ${title}`}
          placeholder={hint ?? `Search ${title}`}
          className={styles['search-field']}
          value={query}
          onChange={setQuery}
        />
        <SegmentedControl
          label="Search by"
          choices={modes}
          value={mode}
          onChange={(chosen) => {
            setMode(chosen);
            search(chosen);
          }}
        />
        <button type="submit" className="button" disabled={query.trim() === ''}>
          <Search size={15} aria-hidden /> Search
        </button>
      </form>
      {action.error === undefined || action.error.code === 'unexpected' ? null : <Notice error={action.error} />}
      {found === undefined && action.isBusy ? (
        <p className="quiet" role="status">
          Searching… The first search also loads the embedding model.
        </p>
      ) : null}
      {found === undefined ? null : (
        <>
          <p className="quiet figure" role="status">
            {action.isBusy
              ? 'Searching…'
              : found.results.length === 0
                ? 'No results. Try other words or a semantic search.'
                : `${found.results.length === 1 ? '1 passage' : `${found.results.length} passages`} in ${formatDuration(found.ms)}${relevanceText(found.results)}`}
          </p>
          {found.unranked === undefined ? null : (
            <p className="quiet" role="status">
              Not reranked: {found.unranked}
            </p>
          )}
          <ol className="grid gap-8" aria-label="Results">
            {found.results.map((passage, index) => (
              <li key={passage.id} className="result">
                <button
                  type="button"
                  className={clsx(styles['result-open'], 'bare-text-button')}
                  onClick={() => onOpen(passage)}
                >
                  <strong>{passage.title ?? passage.document}</strong>{' '}
                  <span className="quiet">{locationOf(passage)}</span>
                </button>
                <ResultText passage={passage} query={found.query} />
                <Relevance relevance={relevance[index]} passage={passage} />
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

/** A passage with the words of the query marked. Memoised, so that typing the next query does not compute it again. */
const ResultText = memo(function ResultText({
  passage,
  query,
}: {
  readonly passage: Passage;
  readonly query: string;
}): ReactElement {
  return (
    <CutText as="div" className={styles['result-text']}>
      <PassageText parts={markQueryTerms(passage.text, query)} />
    </CutText>
  );
});

/** How likely the collection answers the question, if the search reports it. */
function relevanceText([first]: readonly Passage[]): string {
  const relevance = first?.scores?.relevance;
  return relevance === undefined ? '' : ` · relevance of the question ${relevance.toFixed(2)}`;
}

function locationOf({ document, place }: Passage): string {
  const at = place?.page === undefined ? place?.headings?.at(-1) : `page ${place.page}`;
  return at === undefined ? document : `${document} · ${at}`;
}

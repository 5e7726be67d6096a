import clsx from 'clsx';
import { X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { countOf } from '../../ui/format/count-of.js';
import { PageLink } from '../../ui/sources/PageLink.js';
import { Notice } from '../../ui/states/Notice.js';
import { splitByPassages } from './split-by-passages.js';
import styles from './collections.module.css';

interface DocumentViewProps {
  readonly name: string;
  readonly document: string;
  /** The passage to scroll to first. */
  readonly found: string | undefined;
  /** Increases when the document may have changed. */
  readonly revision: number;
  readonly onClose: () => void;
}

const mostCharacters = 200_000;

/** The text of a document, divided into the passages that a search finds. */
export function DocumentView({ name, document, found, revision, onClose }: DocumentViewProps): ReactElement {
  const { value, error, again } = useGet('/api/collections/{name}/documents/{id}', {
    params: { path: { name, id: document } },
  });
  // The user's choice holds until a search finds another passage.
  const [chosen, setChosen] = useState<{ readonly id: string | undefined; readonly after: string | undefined }>();
  const choose = (id: string | undefined): void => setChosen({ id, after: found });
  const shown = (chosen?.after === found ? chosen?.id : undefined) ?? found;
  const text = useRef<HTMLDivElement>(null);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow page this view is above the list, which may be scrolled.
    const top = section.current?.getBoundingClientRect().top ?? 0;
    if (top < 0 || top > innerHeight) section.current?.scrollIntoView({ block: 'start' });
  }, []);
  useEffect(() => {
    if (revision > 0) again();
  }, [revision, again]);
  useEffect(() => {
    if (shown !== undefined) text.current?.querySelector('[data-shown]')?.scrollIntoView({ block: 'center' });
  }, [shown, value]);
  const parts = useMemo(
    () => (value === undefined ? [] : splitByPassages(value.text.slice(0, mostCharacters), value.passages)),
    [value],
  );
  const passage = value?.passages.find(({ id }) => id === shown);
  return (
    <section
      ref={section}
      className={clsx(styles['document-view'], 'boxed-surface')}
      aria-label={`Text of ${document}`}
    >
      <header className={styles['document-head']}>
        <h2>{document}</h2>
        <button type="button" className="icon-button" aria-label="Close document" onClick={onClose}>
          <X size={16} aria-hidden />
        </button>
      </header>
      {error !== undefined && value === undefined ? (
        <Notice error={error} action={{ name: 'Retry', run: again }} />
      ) : null}
      {value === undefined ? null : (
        <>
          <div className={clsx(styles['passage-picker'], 'wrapped')} role="group" aria-label="Passages">
            {value.passages.map(({ id }, index) => (
              <button key={id} type="button" className="figure" aria-pressed={id === shown} onClick={() => choose(id)}>
                {index + 1}
              </button>
            ))}
          </div>
          <p className="quiet figure">
            {passage === undefined
              ? `${countOf(value.passages.length, 'passage')}. Select one, or a position in the text.`
              : describe(passage)}
          </p>
          {passage === undefined ? null : <PageLink key={passage.id} source={{ ...passage, collection: name }} />}
          <div
            className={clsx(styles['document-text'], 'boxed')}
            ref={text}
            tabIndex={0}
            role="region"
            aria-label="Text"
          >
            {parts.map((piece) => (
              <span
                key={piece.start}
                className={styles['piece']}
                data-shared={piece.passages.length > 1 || undefined}
                data-odd={(piece.passages[0] ?? 0) % 2 === 1 || undefined}
                data-shown={
                  (shown !== undefined && piece.passages.some((index) => value.passages[index]?.id === shown)) ||
                  undefined
                }
                onClick={() => choose(value.passages[piece.passages[0] ?? -1]?.id)}
              >
                {piece.text}
              </span>
            ))}
          </div>
          {value.text.length > mostCharacters ? (
            <p className="quiet">Only the first {mostCharacters.toLocaleString()} characters are shown.</p>
          ) : null}
        </>
      )}
    </section>
  );
}

function describe({
  id,
  start,
  end,
  place,
}: {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly place?:
    | {
        readonly page?: number | undefined;
        readonly line?: number | undefined;
        readonly row?: number | undefined;
        readonly headings?: readonly string[] | undefined;
      }
    | undefined;
}): string {
  return [
    id,
    `characters ${start.toLocaleString()} to ${end.toLocaleString()}`,
    ...(place?.page === undefined ? [] : [`page ${place.page}`]),
    ...(place?.line === undefined ? [] : [`line ${place.line}`]),
    ...(place?.row === undefined ? [] : [`row ${place.row}`]),
    ...((place?.headings ?? []).length === 0 ? [] : [(place?.headings ?? []).join(' › ')]),
  ].join(' · ');
}

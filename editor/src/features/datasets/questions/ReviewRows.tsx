import clsx from 'clsx';
import type { StoredDatasetRow } from '@heddle/core';
import { ListChecks } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { LinesField } from '../../../ui/fields/FormFields.js';
import { textOf } from '../../../ui/format/text-of.js';
import { useSingleKeys } from '../../../ui/keyboard/use-single-keys.js';
import { Link } from '../../../ui/navigation/Link.js';
import { collectionPath } from '../../../ui/navigation/route.js';
import { Allowed } from '../../../ui/states/Allowed.js';
import { EmptyState } from '../../../ui/states/EmptyState.js';
import { Notice } from '../../../ui/states/Notice.js';
import { useKnownMay } from '../../../data/access/me-store.js';
import { LabelMark } from '../../../ui/values/LabelMark.js';
import { PassageText } from '../../../ui/values/PassageText.js';
import { inputsText } from '../rows/row-text.js';
import { flagTexts, generatedBy, kindTitles, quoteParts } from './questions-text.js';
import { ProposedDocuments, takenOf, type ProposalChoices } from './ProposedDocuments.js';
import { useReview, type Review } from './use-review.js';
import styles from '../datasets.module.css';

/**
 * Shows one after the other the rows that a model wrote or that propose documents, each beside its passages. A accepts, E edits, R rejects,
 * N and P move.
 */
export function ReviewRows({
  dataset,
  onDecided,
}: {
  readonly dataset: string;
  readonly onDecided: () => void;
}): ReactElement {
  return useKnownMay('workflow:write') === false ? (
    <Allowed permission="workflow:write" what="Reviewing rows">
      {null}
    </Allowed>
  ) : (
    <Work dataset={dataset} onDecided={onDecided} />
  );
}

function Work({ dataset, onDecided }: { readonly dataset: string; readonly onDecided: () => void }): ReactElement {
  const review = useReview(dataset, onDecided);
  const { rows, row, action, again } = review;
  if (row !== undefined) return <OneRow key={row.id} row={row} review={review} />;
  if (action.error !== undefined) return <Notice error={action.error} action={{ name: 'Retry', run: again }} />;
  if (rows === undefined || action.isBusy) return <p className="quiet">Loading the next row…</p>;
  return <EmptyState Icon={ListChecks}>No row waits for a review.</EmptyState>;
}

interface Draft {
  readonly question: string;
  readonly expected: string;
}

function OneRow({ row, review }: { readonly row: StoredDatasetRow; readonly review: Review }): ReactElement {
  const { action, decide, move, at, rows = [] } = review;
  const [draft, setDraft] = useState<Draft>();
  const input = Object.entries(row.inputs).find(([, value]) => typeof value === 'string');
  const [choices, setChoices] = useState<ProposalChoices>({});
  const accept = (): void => decide('accept', { proposed: takenOf(row, choices) });
  const edit = (): void => setDraft({ question: textOf(input?.[1] ?? ''), expected: textOf(row.expected ?? '') });
  const save = (): void => {
    if (draft === undefined || input === undefined) return;
    const { hash: _hash, unreviewed: _open, proposed: _proposed, ...kept } = row;
    const inputs = { ...row.inputs, [input[0]]: draft.question };
    const edited = { ...kept, inputs, ...(draft.expected === '' ? {} : { expected: draft.expected }) };
    decide('accept', { edited, proposed: takenOf(row, choices) });
  };
  useSingleKeys((key) => {
    if (action.isBusy) return false;
    if (draft !== undefined) {
      if (key === 'Enter') save();
      else if (key === 'Escape') setDraft(undefined);
      else return false;
      return true;
    }
    if (key === 'a') accept();
    else if (key === 'r') decide('reject');
    else if (key === 'e') edit();
    else if (key === 'n' || key === 'ArrowRight') move(1);
    else if (key === 'p' || key === 'ArrowLeft') move(-1);
    else return false;
    return true;
  });
  return (
    <div className={styles['review']}>
      <Passages row={row} />
      <form
        className={clsx(styles['review-form'], 'stack gap-12')}
        aria-label="Row to review"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <About row={row} position={`${at + 1} of ${rows.length}`} />
        {draft === undefined ? (
          <Written row={row} />
        ) : (
          <>
            <LinesField
              title="Question"
              rows={3}
              isFirst
              value={draft.question}
              maxLength={5_000}
              onChange={(question) => setDraft({ ...draft, question })}
            />
            <LinesField
              title="Expected answer"
              rows={4}
              value={draft.expected}
              maxLength={20_000}
              onChange={(expected) => setDraft({ ...draft, expected })}
            />
          </>
        )}
        <ProposedDocuments row={row} choices={choices} onChange={setChoices} />
        {action.error === undefined ? null : (
          <Notice error={action.error} action={{ name: 'Load again', run: review.again }} />
        )}
        {draft === undefined ? (
          <Decisions review={review} onAccept={accept} onEdit={input === undefined ? undefined : edit} />
        ) : (
          <div className="aligned-wrapped gap-8">
            <button
              type="submit"
              className="button button-primary"
              disabled={action.isBusy || draft.question.trim() === ''}
            >
              Save and accept
            </button>
            <button type="button" className="button" onClick={() => setDraft(undefined)}>
              Cancel
            </button>
          </div>
        )}
        <p className="small-quiet">
          {draft === undefined
            ? 'Keys: A accepts, E edits, R rejects, N next, P previous.'
            : 'Keys: Ctrl+Enter saves and accepts.'}
        </p>
      </form>
    </div>
  );
}

function About({ row, position }: { readonly row: StoredDatasetRow; readonly position: string }): ReactElement {
  const generated = generatedBy(row);
  return (
    <>
      <p className="aligned-wrapped gap-8 small-quiet">
        <span className="figure">{position}</span>
        <LabelMark level={row.label} />
        {generated === undefined ? null : (
          <>
            <span>{kindTitles[generated.kind]}</span>
            <span>
              by <bdi>{generated.model}</bdi>
            </span>
          </>
        )}
      </p>
      {generated === undefined || generated.flags.length === 0 ? null : (
        <ul className={styles['review-flags']} aria-label="Look at this twice">
          {generated.flags.map((flag) => (
            <li key={flag}>{flagTexts[flag]}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Written({ row }: { readonly row: StoredDatasetRow }): ReactElement {
  return (
    <>
      <section className="stack gap-4">
        <h3 className={styles['dataset-part']}>Question</h3>
        <p className={styles['review-question']} dir="auto">
          {inputsText(row.inputs)}
        </p>
      </section>
      <section className="stack gap-4">
        <h3 className={styles['dataset-part']}>Expected answer</h3>
        <p className={styles['review-text']} dir="auto">
          {row.expected === undefined ? 'None' : textOf(row.expected)}
        </p>
      </section>
    </>
  );
}

function Decisions({
  review: { action, decide, move, at, rows = [] },
  onAccept,
  onEdit,
}: {
  readonly review: Review;
  readonly onAccept: () => void;
  readonly onEdit: (() => void) | undefined;
}): ReactElement {
  return (
    <div className="aligned-wrapped gap-8">
      <button type="button" className="button button-primary" disabled={action.isBusy} onClick={onAccept}>
        Accept
      </button>
      <button type="button" className="button" disabled={action.isBusy || onEdit === undefined} onClick={onEdit}>
        Edit
      </button>
      <button type="button" className="button" disabled={action.isBusy} onClick={() => decide('reject')}>
        Reject
      </button>
      <button type="button" className="button" disabled={at === 0} onClick={() => move(-1)}>
        Previous
      </button>
      <button type="button" className="button" disabled={at >= rows.length - 1} onClick={() => move(1)}>
        Next
      </button>
    </div>
  );
}

function Passages({ row }: { readonly row: StoredDatasetRow }): ReactElement {
  const generated = generatedBy(row);
  const { references = [] } = row;
  return (
    <div className="stack gap-12">
      {references.length === 0 ? <p className="quiet">The row has no passage.</p> : null}
      {references.map(({ document, text = '', grade }, at) => (
        <article
          key={at}
          className={clsx(styles['review-passage'], 'stack gap-8')}
          aria-label={`Passage of ${document}`}
        >
          <h3 className={styles['dataset-part']}>
            {generated === undefined ? (
              <bdi>{document}</bdi>
            ) : (
              <Link href={collectionPath(generated.collection, document)}>
                <bdi>{document}</bdi>
              </Link>
            )}
          </h3>
          <p className="small-quiet">{grade > 0 ? 'Relevant' : 'Not relevant'}</p>
          {text === '' ? null : <PassageText parts={quoteParts(text, generated?.quote)} />}
        </article>
      ))}
    </div>
  );
}

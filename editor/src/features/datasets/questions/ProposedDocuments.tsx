import type { ReviewRowRequest, StoredDatasetRow } from '@heddle/core';
import clsx from 'clsx';
import type { ReactElement } from 'react';
import { SelectField } from '../../../ui/fields/FormFields.js';
import { PassageText } from '../../../ui/values/PassageText.js';
import styles from '../datasets.module.css';

/** The reviewer's decision on proposed documents: a grade, or `out`. A document that is not listed keeps its proposed grade. */
export type ProposalChoices = Readonly<Record<string, '0' | '1' | 'out'>>;

const choiceTitles = [
  ['0', 'Not relevant'],
  ['1', 'Relevant'],
  ['out', 'Leave out'],
] as const;
const reasons = {
  model: 'A model says that it answers the question.',
  answer: 'It has the expected answer, or the text of a relevant document.',
} as const;

/** The proposed documents that the reviewer keeps, with their grades. Undefined for a row without proposals. */
export function takenOf({ proposed }: StoredDatasetRow, choices: ProposalChoices): ReviewRowRequest['proposed'] {
  return proposed?.flatMap(({ document, grade }) => {
    const choice = choices[document] ?? String(grade);
    return choice === 'out' ? [] : [{ document, grade: choice === '1' ? (1 as const) : (0 as const) }];
  });
}

/** The documents that a search proposes for a row, each with its passage and its grade. */
export function ProposedDocuments({
  row: { proposed = [] },
  choices,
  onChange,
}: {
  readonly row: StoredDatasetRow;
  readonly choices: ProposalChoices;
  readonly onChange: (choices: ProposalChoices) => void;
}): ReactElement | null {
  if (proposed.length === 0) return null;
  return (
    <section className="stack gap-12" aria-label="Proposed documents">
      <h3 className={styles['dataset-part']}>Does it answer the question?</h3>
      {proposed.map(({ document, text = '', grade, because }) => (
        <article
          key={document}
          className={clsx(styles['review-passage'], 'stack gap-8')}
          aria-label={`Proposed passage of ${document}`}
        >
          <SelectField
            title={document}
            {...(because === undefined ? {} : { help: reasons[because] })}
            value={choices[document] ?? (String(grade) as '0' | '1')}
            choices={choiceTitles}
            onChange={(choice) => onChange({ ...choices, [document]: choice })}
          />
          <PassageText parts={[{ text, isMarked: false }]} />
        </article>
      ))}
    </section>
  );
}

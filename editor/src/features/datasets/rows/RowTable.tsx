import clsx from 'clsx';
import type { StoredDatasetRow } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../../../ui/tables/Table.js';
import { LabelMark } from '../../../ui/values/LabelMark.js';
import { documentsText, inputsText, valueText } from './row-text.js';
import styles from '../datasets.module.css';

/** Rows of a dataset. Choosing one opens it. */
export function RowTable({
  rows,
  onOpen,
}: {
  readonly rows: readonly StoredDatasetRow[];
  readonly onOpen: (row: string) => void;
}): ReactElement {
  const hasDocuments = rows.some(({ references }) => documentsText(references) !== '');
  return (
    <Table
      name="Rows"
      columns={['Inputs', 'Expected', ...(hasDocuments ? ['Documents'] : []), 'Split', 'Tags', 'Label']}
      className={styles['dataset-rows']}
    >
      {rows.map(({ id, inputs, expected, references, split, tags = [], label, unreviewed, proposed }) => (
        <tr key={id}>
          <td>
            <button
              type="button"
              className={clsx('bare-text-button', styles['dataset-open'])}
              dir="auto"
              onClick={() => onOpen(id)}
            >
              {inputsText(inputs) || '(no inputs)'}
            </button>
          </td>
          <td dir="auto">{expected === undefined ? <span className="quiet">–</span> : valueText(expected)}</td>
          {hasDocuments ? <td dir="auto">{documentsText(references) || <span className="quiet">–</span>}</td> : null}
          <td>{split ?? <span className="quiet">–</span>}</td>
          <td>{[...(unreviewed === true || proposed !== undefined ? ['to review'] : []), ...tags].join(', ')}</td>
          <td>
            <LabelMark level={label} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

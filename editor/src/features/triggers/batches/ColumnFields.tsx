import clsx from 'clsx';
import type { BatchPreview } from '@heddle/core';
import type { ReactElement } from 'react';
import { SelectField } from '../../../ui/fields/FormFields.js';
import batchesStyles from './batches.module.css';
import triggersStyles from '../triggers.module.css';

/** The column of the file for each input. */
export type Columns = Readonly<Record<string, string>>;

/** Fields that choose the column for each input. */
export function ColumnFields({
  preview: { inputs, names },
  columns,
  onChange,
}: {
  readonly preview: Pick<BatchPreview, 'inputs' | 'names'>;
  readonly columns: Columns;
  readonly onChange: (columns: Columns) => void;
}): ReactElement {
  return (
    <fieldset className={clsx(triggersStyles['trigger-inputs'], 'bare-group stack')}>
      <legend>Columns for the inputs</legend>
      <div className={batchesStyles['new-batch-settings']}>
        {inputs.map(({ name, type, isRequired }) => (
          <SelectField
            key={name}
            title={`${name}${type === 'Text' ? '' : `, ${type}`}`}
            value={columns[name] ?? ''}
            choices={[['', isRequired ? 'Select a column' : 'None'], ...names.map((one) => [one, one] as const)]}
            error={isRequired && columns[name] === undefined ? 'Select a column.' : undefined}
            onChange={(column) => {
              const { [name]: _before, ...others } = columns;
              onChange(column === '' ? others : { ...others, [name]: column });
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}

import type { ReactElement, ReactNode } from 'react';
import { CheckList } from './CheckList.js';

/** A list of checkboxes with a title. The value contains the checked choices. */
export function CheckField<Value extends string>({
  title,
  isTitleHidden = false,
  empty,
  help,
  value,
  choices,
  onChange,
}: {
  readonly title: string;
  /** Whether only screen readers get the title. */
  readonly isTitleHidden?: boolean;
  /** Shown if there are no choices. */
  readonly empty?: string;
  readonly help?: string;
  readonly value: readonly Value[];
  /** The values with their captions. */
  readonly choices: readonly (readonly [Value, ReactNode])[];
  readonly onChange: (value: readonly Value[]) => void;
}): ReactElement {
  return (
    <fieldset className="choices">
      <legend className={isTitleHidden ? 'visually-hidden' : 'field-label'}>{title}</legend>
      {empty === undefined || choices.length > 0 ? null : <span className="quiet">{empty}</span>}
      <CheckList value={value} choices={choices} onChange={onChange} />
      {help === undefined ? null : <p className="field-help">{help}</p>}
    </fieldset>
  );
}

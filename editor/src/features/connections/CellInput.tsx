import { useId, type ReactElement } from 'react';
import { FieldError } from '../../ui/fields/FieldError.js';

/** An input in a table cell, labelled by its column and row, with its error below. */
export function CellInput({
  label,
  error,
  value,
  number,
  type = 'text',
  list,
  onText,
  onNumber,
}: {
  readonly label: string;
  readonly error: string | undefined;
  readonly value?: string;
  readonly number?: number | undefined;
  readonly type?: 'text' | 'date';
  readonly list?: string;
  readonly onText?: (text: string) => void;
  readonly onNumber?: (value: number | undefined) => void;
}): ReactElement {
  const id = useId();
  return (
    <div className="field">
      <input
        aria-label={label}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : id}
        type={onNumber === undefined ? type : 'number'}
        min={onNumber === undefined ? undefined : 0}
        step="any"
        value={onNumber === undefined ? value : (number ?? '')}
        list={list}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) =>
          onNumber === undefined
            ? onText?.(event.target.value)
            : onNumber(event.target.value === '' ? undefined : event.target.valueAsNumber)
        }
      />
      <FieldError id={id} text={error} />
    </div>
  );
}

import { useId, type ReactElement, type ReactNode } from 'react';
import { FieldError } from './FieldError.js';

export interface FieldFrame {
  readonly title: string;
  /** Shown beside the title, for example the type of the value. */
  readonly beside?: ReactNode;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  /** Whether only screen readers get the title, because the input is clear without it. */
  readonly isTitleHidden?: boolean;
}

/** Props that connect a field's input with its title, help and error. */
interface FieldShared {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

/** The title, help and error of a field, around its input. */
export function Field({
  title,
  beside,
  help,
  error,
  isTitleHidden = false,
  children,
}: FieldFrame & { readonly children: (shared: FieldShared) => ReactNode }): ReactElement {
  const id = useId();
  const described = [help === undefined ? '' : `${id}-help`, error === undefined ? '' : `${id}-error`]
    .filter((part) => part !== '')
    .join(' ');
  return (
    <div className="field">
      <label className={isTitleHidden ? 'visually-hidden' : 'field-label'} htmlFor={id}>
        {title}
        {beside}
      </label>
      {children({
        id,
        'aria-invalid': error !== undefined,
        'aria-describedby': described === '' ? undefined : described,
      })}
      {help === undefined ? null : (
        <p id={`${id}-help`} className="field-help">
          {help}
        </p>
      )}
      <FieldError id={`${id}-error`} text={error} />
    </div>
  );
}

import type { Permission } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { useMay } from '../access/me-store.js';
import { Notice } from '../frame/Notice.js';
import type { Action } from './use-action.js';

export interface SheetProps {
  /** What it takes to change it; the others see it as it is, without a way to send it. */
  readonly permission: Permission;
  readonly save: Action;
  /** The words of the button, and while it works. */
  readonly verb: string;
  readonly busyVerb?: string;
  readonly hasErrors: boolean;
  /** What became of the last save. */
  readonly note?: string;
  readonly onSubmit: () => void;
  /** Further buttons, beside the one that saves. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The whole of a stored thing as one form: its parts, what went wrong, and the way to save it. */
export function Sheet({
  permission,
  save,
  verb,
  busyVerb = verb,
  hasErrors,
  note = '',
  onSubmit,
  actions,
  children,
}: SheetProps): ReactElement {
  const mayChange = useMay(permission);
  return (
    <form
      className="sheet"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {mayChange ? (
        children
      ) : (
        <fieldset className="sheet-locked" disabled>
          <legend className="visually-hidden">As it is stored: you may not change it</legend>
          {children}
        </fieldset>
      )}
      {save.error === undefined ? null : <Notice error={save.error} />}
      {mayChange ? (
        <div className="sheet-actions">
          <button type="submit" className="button button-primary" disabled={save.isBusy}>
            {save.isBusy ? busyVerb : verb}
          </button>
          {actions}
          <span className="quiet" role="status">
            {hasErrors ? 'Some fields need another look.' : note}
          </span>
        </div>
      ) : (
        <p className="quiet">You may look at it. Changing it needs another role in the first project.</p>
      )}
    </form>
  );
}

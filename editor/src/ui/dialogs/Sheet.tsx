import type { Permission } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { Notice } from '../states/Notice.js';
import type { Action } from '../../data/queries/use-action.js';

interface SheetProps {
  /** The permission to change the item. Without it, the sheet is read-only. */
  readonly permission: Permission;
  readonly save: Action;
  /** The captions of the save button, before and while it saves. */
  readonly verb: string;
  readonly busyVerb?: string;
  readonly hasErrors: boolean;
  /** The result of the last save. */
  readonly note?: string;
  readonly onSubmit: () => void;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A form for a stored item, with its sections, errors and a save button. */
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
      className="sheet stack"
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
          <legend className="visually-hidden">Read-only: you do not have the right to change this</legend>
          {children}
        </fieldset>
      )}
      {save.error === undefined ? null : <Notice error={save.error} />}
      {mayChange ? (
        <div className="sheet-actions aligned-wrapped">
          <button type="submit" className="button button-primary" disabled={save.isBusy}>
            {save.isBusy ? busyVerb : verb}
          </button>
          {actions}
          <span className="quiet" role="status">
            {hasErrors ? 'Some fields have errors.' : note}
          </span>
        </div>
      ) : (
        <p className="quiet">Read-only. A change needs another role in the first project.</p>
      )}
    </form>
  );
}

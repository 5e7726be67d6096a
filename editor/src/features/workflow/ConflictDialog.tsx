import { mergeDocuments, type MergeSide, type WorkflowDocument } from '@heddle/core';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { conflictText } from '../document/index.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { useDocument, useSession } from '../session/index.js';
import { ConflictRow } from './ConflictRow.js';
import { Notice } from '../../ui/states/Notice.js';
import styles from './workflow.module.css';

/** Merges two versions of the open workflow by node and field. The user chooses a side for each conflict. */
export function ConflictDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { autosave } = useSession();
  const mine = useDocument((state) => state.document);
  // During a conflict, `saved` is still the last version that both sides had in common.
  const base = useDocument((state) => state.saved);
  const [theirs, setTheirs] = useState<{ readonly revision: number; readonly document: WorkflowDocument }>();
  const [error, setError] = useState<ApiError>();
  const [attempt, setAttempt] = useState(0);
  const [chosen, setChosen] = useState<ReadonlyMap<string, MergeSide>>(new Map());
  useEffect(() => {
    let isGone = false;
    autosave.loadCurrent().then(
      (version) => {
        if (isGone) return;
        setTheirs(version);
        setError(undefined);
      },
      (reason: unknown) => (isGone ? undefined : setError(toApiError(reason))),
    );
    return () => {
      isGone = true;
    };
  }, [autosave, attempt]);
  const conflicts = useMemo(
    () =>
      mine === undefined || theirs === undefined ? undefined : mergeDocuments(base, mine, theirs.document).conflicts,
    [mine, theirs, base],
  );
  const sideOf = ({ path }: { readonly path: string }): MergeSide => chosen.get(path) ?? 'mine';
  const takeAll = (side: MergeSide): void => setChosen(new Map(conflicts?.map(({ path }) => [path, side])));
  const save = (): void => {
    if (mine === undefined || theirs === undefined) return;
    onClose();
    void autosave.merge(mergeDocuments(base, mine, theirs.document, sideOf).document, theirs.revision);
  };
  return (
    <Dialog title="Conflicting changes" onClose={onClose}>
      <div className={styles['conflict']}>
        {error === undefined ? null : (
          <Notice error={error} action={{ name: 'Retry', run: () => setAttempt((before) => before + 1) }} />
        )}
        {conflicts === undefined || mine === undefined || theirs === undefined ? (
          error === undefined ? (
            <p className="quiet">Loading the other version…</p>
          ) : null
        ) : (
          <>
            <p className="quiet">
              {conflicts.length === 0
                ? 'The changes do not conflict: both are kept.'
                : `${conflicts.length === 1 ? '1 field was' : `${conflicts.length} fields were`} changed on both sides: choose one. All other changes are kept.`}{' '}
              Undo restores your version.
            </p>
            {conflicts.length === 0 ? null : (
              <div className="flex gap-8">
                <button type="button" className="button button-small" onClick={() => takeAll('mine')}>
                  All mine
                </button>
                <button type="button" className="button button-small" onClick={() => takeAll('theirs')}>
                  All theirs
                </button>
              </div>
            )}
            <ul className={styles['conflict-list']}>
              {conflicts.map((conflict) => (
                <ConflictRow
                  key={conflict.path}
                  conflict={conflict}
                  text={conflictText(conflict, mine, theirs.document)}
                  side={sideOf(conflict)}
                  onChoose={(side) => setChosen((before) => new Map([...before, [conflict.path, side]]))}
                />
              ))}
            </ul>
            <div className="dialog-actions">
              <button type="button" className="button" onClick={onClose}>
                Decide later
              </button>
              <button type="button" className="button button-primary" onClick={save}>
                {conflicts.length === 0 ? 'Save both' : 'Save selection'}
              </button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}

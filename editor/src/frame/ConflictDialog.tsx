import type { WorkflowDocument } from '@heddle/core';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { toApiError, type ApiError } from '../api/http.js';
import { compareDocuments, type Difference, type Side } from '../document/conflict/compare-documents.js';
import { mergeDocuments } from '../document/conflict/merge-documents.js';
import { Dialog } from '../palette/Dialog.js';
import { useDocument, useSession } from '../session.js';
import { ConflictRow } from './ConflictRow.js';
import { Notice } from './Notice.js';

/** Two versions of the open workflow side by side, by node and field; of each difference one side is taken. */
export function ConflictDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { autosave } = useSession();
  const mine = useDocument((state) => state.document);
  // In a conflict this is still the last version that both had.
  const base = useDocument((state) => state.saved);
  const [theirs, setTheirs] = useState<{ readonly revision: number; readonly document: WorkflowDocument }>();
  const [error, setError] = useState<ApiError>();
  const [attempt, setAttempt] = useState(0);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Side>>(new Map());
  useEffect(() => {
    let isGone = false;
    autosave.theirs().then(
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
  const differences = useMemo(
    () => (mine === undefined || theirs === undefined ? undefined : compareDocuments(mine, theirs.document, base)),
    [mine, theirs, base],
  );
  const sideOf = ({ key, suggestion }: Difference): Side => chosen.get(key) ?? suggestion;
  const takeAll = (side: Side): void => setChosen(new Map(differences?.map(({ key }) => [key, side])));
  const clashes = differences?.filter(({ isClash }) => isClash).length ?? 0;
  const save = (): void => {
    if (mine === undefined || theirs === undefined || differences === undefined) return;
    onClose();
    void autosave.merge(mergeDocuments(mine, theirs.document, differences, sideOf), theirs.revision);
  };
  return (
    <Dialog title="Changed here and elsewhere" onClose={onClose}>
      <div className="conflict">
        {error === undefined ? null : (
          <Notice error={error} action={{ name: 'Try again', run: () => setAttempt((before) => before + 1) }} />
        )}
        {differences === undefined ? (
          error === undefined ? (
            <p className="quiet">Reading the other version…</p>
          ) : null
        ) : (
          <>
            <p className="quiet">
              {differences.length === 0
                ? 'Both versions are the same: nothing is lost either way.'
                : `${differences.length === 1 ? '1 thing differs' : `${differences.length} things differ`}${clashes === 0 ? '; each was changed on one side only, and that side is chosen.' : `; ${clashes === 1 ? '1 was' : `${clashes} were`} changed on both sides.`} Choose, then save. Undo brings your version back.`}
            </p>
            <div className="conflict-all">
              <button type="button" className="button button-small" onClick={() => takeAll('mine')}>
                All mine
              </button>
              <button type="button" className="button button-small" onClick={() => takeAll('theirs')}>
                All theirs
              </button>
            </div>
            <ul className="conflict-list">
              {differences.map((difference) => (
                <ConflictRow
                  key={difference.key}
                  difference={difference}
                  side={sideOf(difference)}
                  onChoose={(side) => setChosen((before) => new Map([...before, [difference.key, side]]))}
                />
              ))}
            </ul>
            <div className="dialog-actions">
              <button type="button" className="button" onClick={onClose}>
                Decide later
              </button>
              <button type="button" className="button button-primary" onClick={save}>
                Save this choice
              </button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}

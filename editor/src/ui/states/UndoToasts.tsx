import { Undo2, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { toApiError } from '../../data/http/http.js';
import { dropOffer, undoMs, undoStore, type UndoOffer } from './undo-store.js';

/**
 * Deletions that can be undone, each for 10 seconds. The region is always in the page, so that a screen reader announces what is added to
 * it.
 */
export function UndoToasts(): ReactElement {
  const offers = useStore(undoStore, (state) => state.offers);
  return (
    <ul className="undo-toasts" role="status" aria-live="polite" aria-label="Deleted">
      {offers.map((offer) => (
        <UndoToast key={offer.id} offer={offer} />
      ))}
    </ul>
  );
}

function UndoToast({ offer }: { readonly offer: UndoOffer }): ReactElement {
  const { id, what, done, restore, onRestored } = offer;
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isBusy) return undefined;
    const timer = setTimeout(() => dropOffer(id), undoMs);
    return () => clearTimeout(timer);
  }, [id, isBusy, problem]);
  useEffect(() => {
    // The button of the deleted item is gone, and the focus with it: the Undo button takes it. It tries several times, because a menu first
    // returns the focus to its own button, which disappears when the list reloads.
    const takeFocus = (): void => {
      const { activeElement } = document;
      if (activeElement === null || activeElement === document.body) button.current?.focus();
    };
    const timers = [0, 250, 1000].map((wait) => setTimeout(takeFocus, wait));
    return () => timers.forEach(clearTimeout);
  }, []);
  const undo = (): void => {
    setBusy(true);
    restore()
      .then(() => {
        dropOffer(id);
        onRestored();
      })
      .catch((reason: unknown) => {
        setProblem(toApiError(reason).message);
        setBusy(false);
      });
  };
  return (
    <li className="undo-toast" data-refusal={problem !== undefined || undefined}>
      <span className="undo-text" dir="auto">
        {problem ?? `${done ?? 'Deleted'} ${what}.`}
      </span>
      {problem === undefined ? (
        <button ref={button} type="button" className="button button-small" disabled={isBusy} onClick={undo}>
          <Undo2 size={14} aria-hidden /> Undo
          <span className="visually-hidden">{done === undefined ? ` the deletion of ${what}` : `: ${what}`}</span>
        </button>
      ) : null}
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => dropOffer(id)}>
        <X size={14} aria-hidden />
      </button>
    </li>
  );
}

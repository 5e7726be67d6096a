import { createStore } from 'zustand/vanilla';

/** A deletion, or another change, that can be undone. */
export interface UndoOffer {
  readonly id: number;
  /** What was deleted: `the workflow “Echo”`. */
  readonly what: string;
  /** What was done, if it was not a deletion: `Set`. */
  readonly done?: string;
  readonly restore: () => Promise<unknown>;
  /** Called after the restore, to show the item again. */
  readonly onRestored: () => void;
}

/** Milliseconds that an offer is shown. The server waits a little longer, so that a click in the last second still counts. */
export const undoMs = 10_000;

let last = 0;

export const undoStore = createStore<{ readonly offers: readonly UndoOffer[] }>(() => ({ offers: [] }));

/** Offers to undo a deletion, for 10 seconds. @example offerUndo({ what: '“a.md”', restore, onRestored: again }) */
export function offerUndo(offer: Omit<UndoOffer, 'id'>): void {
  last += 1;
  const made = { ...offer, id: last };
  undoStore.setState(({ offers }) => ({ offers: [...offers, made] }));
}

export function dropOffer(id: number): void {
  undoStore.setState(({ offers }) => ({ offers: offers.filter((offer) => offer.id !== id) }));
}

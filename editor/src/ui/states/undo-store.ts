import { createStore } from 'zustand/vanilla';

/** A deletion, or another change, that can be taken back. */
export interface UndoOffer {
  readonly id: number;
  /** What was deleted: `the workflow “Echo”`. */
  readonly what: string;
  /** What was done, where it is no deletion: `Set`. */
  readonly done?: string;
  readonly restore: () => Promise<unknown>;
  /** Something that shows the restored thing again. */
  readonly onRestored: () => void;
}

/** How long the offer stands. The server waits a little longer, so that an answer in the last second counts. */
export const undoMs = 10_000;

let last = 0;

export const undoStore = createStore<{ readonly offers: readonly UndoOffer[] }>(() => ({ offers: [] }));

/** Offers to take a deletion back, for 10 seconds. @example offerUndo({ what: '“a.md”', restore, onRestored: again }) */
export function offerUndo(offer: Omit<UndoOffer, 'id'>): void {
  last += 1;
  const made = { ...offer, id: last };
  undoStore.setState(({ offers }) => ({ offers: [...offers, made] }));
}

/** Takes an offer away. */
export function dropOffer(id: number): void {
  undoStore.setState(({ offers }) => ({ offers: offers.filter((offer) => offer.id !== id) }));
}

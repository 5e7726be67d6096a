/** Continues to the target of the navigation. */
export type Leave = () => void;

let ask: ((leave: Leave) => void) | undefined;

/**
 * Registers unsaved work. Instead of a navigation, the callback is then called with the function that continues the navigation. Returns a
 * function that removes the guard.
 */
export function guardLeaving(asks: (leave: Leave) => void): () => void {
  ask = asks;
  const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
  window.addEventListener('beforeunload', warn);
  return () => {
    window.removeEventListener('beforeunload', warn);
    if (ask === asks) ask = undefined;
  };
}

/** Whether a navigation asks for confirmation. */
export const isLeavingGuarded = (): boolean => ask !== undefined;

/**
 * Navigates at once, or after a confirmation where work would be lost.
 *
 * @example leaveThrough(() => openOther(test))
 */
export function leaveThrough(leave: Leave): void {
  if (ask === undefined) leave();
  else
    ask(() => {
      ask = undefined;
      leave();
    });
}

/** Navigates at once: the changes were saved or discarded. */
export function leaveSaved(leave: Leave): void {
  ask = undefined;
  leave();
}

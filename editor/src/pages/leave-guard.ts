/** Goes on to where somebody wanted to go. */
export type Leave = () => void;

let ask: ((leave: Leave) => void) | undefined;

/** Says that there is work which leaving would lose: `asks` is told where one wanted to go, and whether one does. Undone by what it gives. */
export function guardLeaving(asks: (leave: Leave) => void): () => void {
  ask = asks;
  const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
  window.addEventListener('beforeunload', warn);
  return () => {
    window.removeEventListener('beforeunload', warn);
    if (ask === asks) ask = undefined;
  };
}

/** Whether somebody is asked before they leave. */
export const isLeavingGuarded = (): boolean => ask !== undefined;

/**
 * Leaves at once, or where work would be lost once that was agreed to.
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

/** Leaves at once: what was changed is stored, or was given up by name. */
export function leaveSaved(leave: Leave): void {
  ask = undefined;
  leave();
}

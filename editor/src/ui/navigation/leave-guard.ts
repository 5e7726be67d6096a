/** Continues to the target of the navigation. */
export type Leave = () => void;

let guard: ((leave: Leave) => void) | undefined;

/**
 * Registers unsaved work. Instead of a navigation, the callback is then called with the function that continues the navigation. Returns a
 * function that removes the guard.
 */
export function guardLeaving(onLeave: (leave: Leave) => void): () => void {
  guard = onLeave;
  const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
  window.addEventListener('beforeunload', warn);
  return () => {
    window.removeEventListener('beforeunload', warn);
    if (guard === onLeave) guard = undefined;
  };
}

/** Whether a navigation asks for confirmation. */
export const isLeavingGuarded = (): boolean => guard !== undefined;

/**
 * Navigates at once, or after a confirmation where work would be lost.
 *
 * @example leaveThrough(() => openOther(test))
 */
export function leaveThrough(leave: Leave): void {
  if (guard === undefined) leave();
  else
    guard(() => {
      guard = undefined;
      leave();
    });
}

/** Navigates at once: the changes were saved or discarded. */
export function leaveSaved(leave: Leave): void {
  guard = undefined;
  leave();
}

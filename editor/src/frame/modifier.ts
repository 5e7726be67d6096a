const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The modifier of shortcuts as this machine's keyboard names it. */
export const modifierName = isApple ? '⌘' : 'Ctrl';

/** Whether the modifier of shortcuts is held. */
export function hasModifier(event: { readonly metaKey: boolean; readonly ctrlKey: boolean }): boolean {
  return isApple ? event.metaKey : event.ctrlKey;
}

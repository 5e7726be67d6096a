const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The name of the modifier key for shortcuts on this machine. */
export const modifierName = isApple ? '⌘' : 'Ctrl';

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The modifier of shortcuts as this machine's keyboard names it. */
export const modifierName = isApple ? '⌘' : 'Ctrl';

/** The characters that `str.split()` of Python calls white space: not the same set as `\s`. */
const space = '\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const spaces = new RegExp(`[${space}]+`, 'u');
const spacesAtEnd = new RegExp(`(?<![${space}])[${space}]+$`, 'u');

/** The parts of a text between white space, as `str.split()` of Python. */
export const splitAtSpace = (text: string): readonly string[] => text.split(spaces).filter((part) => part !== '');

/** A text without white space at its end, as `str.rstrip()` of Python. */
export const withoutSpaceAtEnd = (text: string): string => text.replace(spacesAtEnd, '');

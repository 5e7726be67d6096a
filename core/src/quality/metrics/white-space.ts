/** The white space characters of Python's `str.split()`, which differ from `\s`. */
const space = '\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const spaces = new RegExp(`[${space}]+`, 'u');
const spacesAtEnd = new RegExp(`(?<![${space}])[${space}]+$`, 'u');

/** Splits a text at white space, like Python's `str.split()`. */
export const splitAtSpace = (text: string): readonly string[] => text.split(spaces).filter((part) => part !== '');

/** Removes white space from the end of a text, like Python's `str.rstrip()`. */
export const withoutSpaceAtEnd = (text: string): string => text.replace(spacesAtEnd, '');

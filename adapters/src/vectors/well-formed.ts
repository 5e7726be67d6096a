/** Replaces lone surrogates in a text, because servers refuse them. */
export const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

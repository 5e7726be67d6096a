/** A text with halves of characters replaced: servers refuse them. */
export const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

/** The injection token of the first words of runs. */
export const EXCERPTS = Symbol('first words');

/** The injection token of the excerpts of runs. */
export const EXCERPTS = Symbol('run excerpts');
/** The injection token of the feedback on runs. */
export const FEEDBACK = Symbol('feedback');

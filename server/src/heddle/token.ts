/** Nest's injection token of the application's Heddle. */
export const HEDDLE = Symbol('Heddle');

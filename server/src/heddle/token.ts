/** Injects the Heddle of the application. */
export const HEDDLE = Symbol('Heddle');

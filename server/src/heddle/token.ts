/** Under this token Nest hands out the one Heddle of the application. */
export const HEDDLE = Symbol('Heddle');

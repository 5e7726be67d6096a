/**
 * A file of this package that starts as a process or thread. The package's name leads to it, because the module that calls
 * this may be bundled elsewhere.
 *
 * @example ownFile('documents/parse-child.js')
 */
export const ownFile = (path: string): URL => new URL(`../${path}`, import.meta.resolve('@heddle/adapters/database'));

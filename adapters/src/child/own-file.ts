/**
 * The URL of a file of this package that starts as a process or thread. It is resolved through the package's name, because the calling
 * module may be bundled elsewhere.
 *
 * @example ownFile('documents/parse-child.js')
 */
export const ownFile = (path: string): URL => new URL(`../${path}`, import.meta.resolve('@heddle/adapters/database'));

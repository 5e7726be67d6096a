/** JSON of any form: a test reads it, and fails where it is of another. */
// oxlint-disable-next-line typescript/no-explicit-any -- a schema for each reply would test the schema
export type AnyJson = any;

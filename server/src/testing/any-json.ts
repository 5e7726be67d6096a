/** JSON of any form: a test looks into it, and fails where it is of another. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a schema for each reply would test the schema
export type AnyJson = any;

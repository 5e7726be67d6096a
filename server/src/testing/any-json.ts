/** JSON of any form. A test reads the members that it expects and fails if they are missing. */
// oxlint-disable-next-line typescript/no-explicit-any -- a schema for each reply would test the schema
export type AnyJson = any;

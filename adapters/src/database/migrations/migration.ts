/** One step of the schema. Steps are never changed once released; a new one is added at the end. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

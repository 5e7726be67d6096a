/** One step of the schema. A released step never changes; a new one is added at the end. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

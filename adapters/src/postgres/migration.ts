/** One step of the schema. Steps are never changed once released; a new one is added at the end. */
export interface PostgresMigration {
  readonly name: string;
  /** `$schema` stands for the name of the schema. */
  readonly sql: string;
  /** The oldest version of the schema whose programs may still read after this step; the step itself by default. */
  readonly minReader?: number;
  /** The same for programs that write. */
  readonly minWriter?: number;
}

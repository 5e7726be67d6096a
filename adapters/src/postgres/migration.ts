/** A step of the schema. A released step never changes; new steps are added at the end. */
export interface PostgresMigration {
  readonly name: string;
  /** `$schema` stands for the name of the schema. */
  readonly sql: string;
  /** The oldest schema version whose programs may still read after this step. Default: the step itself. */
  readonly minReader?: number;
  /** The oldest schema version whose programs may still write. Default: the step itself. */
  readonly minWriter?: number;
}

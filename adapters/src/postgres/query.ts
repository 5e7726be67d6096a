/** Runs a statement and returns its rows. */
export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** A single statement. If it has a name, connections keep its plan. */
export interface Statement {
  readonly name?: string | undefined;
  readonly sql: string;
  readonly values: readonly unknown[];
}

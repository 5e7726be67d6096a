/** Asks for rows. */
export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** A statement that is sent on its own. With a name, a connection keeps its plan. */
export interface Statement {
  readonly name?: string | undefined;
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** What a file of rows that a child process reads may take. */
export const tableLimits = {
  parquetBytes: 2_000_000_000,
  yamlBytes: 20_000_000,
  rows: 5_000_000,
  columns: 1_000,
  /** Levels of lists and objects in each other. */
  depth: 30,
  /** Characters of one row as JSON. */
  rowLength: 10_000_000,
  /** Time for one step: some rows, or the whole of a YAML file. */
  stepMs: 60_000,
  memoryMb: 1_024,
} as const;

/** Limits for a file that a child process reads. */
export const tableLimits = {
  parquetBytes: 2_000_000_000,
  yamlBytes: 20_000_000,
  rows: 5_000_000,
  columns: 1_000,
  /** Levels of nested lists and objects. */
  depth: 30,
  /** Characters of one row as JSON. */
  rowLength: 10_000_000,
  /** Milliseconds for one step: some rows, or a whole YAML file. */
  stepMs: 60_000,
  memoryMb: 1_024,
} as const;

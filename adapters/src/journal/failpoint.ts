/** Places where a test may end the process, as a crash would. */
export type Failpoint =
  | 'accept-before-commit'
  | 'accept-after-commit'
  | 'journal-before-commit'
  | 'journal-after-commit'
  | 'migration-middle'
  | 'blob-before-rename';

const [armed, action] = (process.env['HEDDLE_FAILPOINT'] ?? '').split(':');

/** Ends the process at once where `HEDDLE_FAILPOINT=name:kill` names this place; otherwise does nothing. */
export function failpoint(name: Failpoint): void {
  if (name === armed && action === 'kill') process.kill(process.pid, 'SIGKILL');
}

import { HeddleError } from '@heddle/core';

/** Points at which a test may end the process, as a crash would, and what has happened by then. */
export const failpoints = {
  'accept-before-commit': 'A run is written, its acceptance is not committed.',
  'accept-after-commit': 'The acceptance is committed, nobody was told.',
  'journal-before-commit': 'Records are written, not committed.',
  'journal-after-commit': 'Records are committed, nobody was told.',
  'node-after-start': 'The start of a node is committed, its end is not.',
  'effect-before-result': 'An effect happened, its result is not committed.',
  'result-before-event': 'The result of a node is committed, its event was not sent.',
  'human-input-after-decision': 'The decision of a person is committed, the run did not go on.',
  'loop-after-iteration': 'A loop went to its next iteration, nothing of that has begun.',
  'cancel-after-mark': 'The wish to cancel is committed, the run has not ended.',
  'ingest-mid-batch': 'The first document of a batch is written, the batch is not committed.',
  'hand-over-before': 'A collection is about to move to another store.',
  'hand-over-renamed': 'The old index has another name, the new one not yet that of the collection.',
  'hand-over-served': 'The index in the other store serves, with the note of its switch.',
  'reindex-before-commit': 'The indexes of a collection have other names, not committed.',
  'reindex-after-commit': 'The indexes of a collection have other names, nobody was told.',
  'blob-before-rename': 'A large value is written under a temporary name.',
  'migration-middle': 'A step of the schema is made, not committed.',
  'move-batch': 'Some rows of a move are stored, not all.',
  'move-file': 'Some files of a move are stored, not all.',
  'move-copied': 'All rows of a move are stored, not proved.',
  'move-source-marked': 'A move is proved and its source refuses to start, its target too.',
} as const;

export type Failpoint = keyof typeof failpoints;

const setting = process.env['HEDDLE_FAILPOINT'] ?? '';
const [armed] = setting.split(':');

/** Whether this process may end at a failpoint; otherwise failpoints cost nothing. */
export const hasFailpoint = setting !== '';

/** Refuses a `HEDDLE_FAILPOINT` that would never take effect. Errors: `setting_invalid`. */
export function checkFailpoint(text: string = setting): void {
  const [name = '', action] = text.split(':');
  if (text === '' || (action === 'kill' && Object.hasOwn(failpoints, name))) return;
  throw new HeddleError(
    'setting_invalid',
    `HEDDLE_FAILPOINT: '${text}' must be NAME:kill, where NAME is one of ${Object.keys(failpoints).join(', ')}.`,
    { details: { settings: ['HEDDLE_FAILPOINT'] } },
  );
}

/** Ends the process at once if `HEDDLE_FAILPOINT=name:kill` names this point; otherwise does nothing. */
export function failpoint(name: Failpoint): void {
  if (name === armed && setting === `${name}:kill`) process.kill(process.pid, 'SIGKILL');
}

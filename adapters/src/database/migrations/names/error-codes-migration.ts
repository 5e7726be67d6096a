import type { Migration } from '../migration.js';

const codes = {
  ask_not_found: 'human_input_not_found',
  ask_decided: 'human_input_decided',
  ask_answer_invalid: 'human_input_invalid',
  door_closed: 'channel_closed',
  stopped: 'kill_switch',
  seed_mismatch: 'reused_result_mismatch',
  lowering_undeclared: 'declassification_undeclared',
};

const rename = ([old, now]: [string, string]): string => `
    UPDATE runs SET error = json_set(error, '$.code', '${now}') WHERE error IS NOT NULL AND error ->> '$.code' = '${old}';
    UPDATE batches SET code = '${now}' WHERE code = '${old}';
    UPDATE batch_rows SET code = '${now}' WHERE code = '${old}';
    UPDATE arrivals SET code = '${now}' WHERE code = '${old}';`;

/** Renames stored error codes: those of runs, batches, batch rows and arrivals. */
export const errorCodesMigration: Migration = {
  name: 'codes of errors',
  sql: Object.entries(codes).map(rename).join(''),
};

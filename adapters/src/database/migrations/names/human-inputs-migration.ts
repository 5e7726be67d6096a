import type { Migration } from '../migration.js';

/** Renames asks to human input requests. */
export const humanInputsMigration: Migration = {
  name: 'human input requests',
  sql: `
    ALTER TABLE asks RENAME TO human_inputs;
    ALTER TABLE human_inputs RENAME COLUMN ask_id TO request_id;
    ALTER TABLE budget_grants RENAME COLUMN ask_id TO request_id;
    ALTER TABLE deliveries RENAME COLUMN ask TO request;
    UPDATE deliveries SET event = 'human-input' || substr(event, length('ask') + 1) WHERE event LIKE 'ask.%';
    UPDATE channels SET body = replace(replace(replace(body, '"ask.opened"', '"human-input.opened"'),
      '"ask.reminder"', '"human-input.reminder"'), '"ask.escalated"', '"human-input.escalated"') WHERE kind = 'webhook';
    UPDATE api_keys SET scopes = replace(scopes, '"ask:answer"', '"human-input:answer"');
  `,
};

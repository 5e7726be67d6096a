import type { ConversationOwner, RunCaller } from '@heddle/core';
import { randomBytes } from 'node:crypto';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { labelFrom, rankOf } from './conversation-rows.js';
import { cipherOf, newSealingKey, type SealingCipher } from './sealing.js';
import { overwriting } from '../database/overwriting.js';
import { parseCaller } from '../journal/parse-caller.js';

/** A run in the journal that wrote to a conversation of an older version. */
interface ProvingRun {
  readonly workflowId: string | undefined;
  readonly workflowName: string;
  readonly caller: RunCaller | undefined;
}

/** Facts that the database does not contain. */
export interface TakeOverOptions {
  /** The idempotency key with which the step `append` of an execution added its turns. */
  readonly keyOf: (rootId: string, path: string) => string;
  readonly ownerOf: (run: ProvingRun) => ConversationOwner;
}

/** How many conversations of older versions got an owner, and how many remain without one. */
interface TakenOver {
  readonly placed: number;
  readonly unassigned: number;
}

interface OldTurn {
  readonly session: string;
  readonly number: number;
  readonly message: string;
  readonly label: string;
  readonly time: number;
}
interface OldSummary {
  readonly text: string;
  readonly label: string;
  readonly turns: number;
}
interface StepRow {
  readonly path: string;
  readonly root_id: string;
  readonly workflow_id: string | null;
  readonly workflow_name: string;
  readonly caller: string | null;
}

const page = 500;

/**
 * Takes over conversations from versions in which they had no owner. It encrypts them and assigns each to the project, workflow and subject
 * of the run that wrote it last, if the journal proves which run that was: the batch of its last turns is the idempotency key of a step in
 * the journal. A conversation without proof stays without an owner. So does one that runs of several projects wrote.
 *
 * This happens once, in one transaction that also drops the old tables. Returns undefined if nothing was left to do.
 */
export function takeOverConversations(database: HeddleDatabase, options: TakeOverOptions): TakenOver | undefined {
  const { connection, file } = database;
  return withStorageErrors(file, () => {
    const old = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'memory_turns'").get();
    if (old === undefined) return undefined;
    const takeOver = (): TakenOver => {
      seal(database);
      const taken = assignOwners(database, options);
      connection.exec(['turns', 'batches', 'summaries'].map((name) => `DROP TABLE memory_${name};`).join(' '));
      return taken;
    };
    const taken = overwriting(connection, () => connection.transaction(takeOver).immediate());
    database.emptyLog();
    return taken;
  });
}

/** Encrypts and moves all turns and summaries. The table `taken` maps each session to its new number. */
function seal(database: HeddleDatabase): void {
  const { connection } = database;
  const insertConversation = connection.prepare<[id: string, session: string, created: number, updated: number]>(
    'INSERT INTO conversations (id, session, created_at, updated_at) VALUES (?, ?, ?, ?)',
  );
  const insertKey = connection.prepare<[number, Buffer]>('INSERT INTO conversation_keys (number, key) VALUES (?, ?)');
  connection.exec('CREATE TEMP TABLE taken (session TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID');
  const note = connection.prepare<[string, number]>('INSERT INTO taken VALUES (?, ?)');
  const turnsAfter = connection.prepare<[string, number, number], OldTurn>(
    'SELECT session, number, message, label, time FROM memory_turns WHERE (session, number) > (?, ?) ORDER BY session, number LIMIT ?',
  );
  const insert = connection.prepare<[number, number, Buffer, string, number]>(
    'INSERT INTO conversation_turns (conversation, position, message, label, time) VALUES (?, ?, ?, ?, ?)',
  );
  const grow = connection.prepare<[turns: number, level: number, time: number, number: number]>(
    'UPDATE conversations SET turns = ?, level = max(level, ?), updated_at = max(updated_at, ?) WHERE number = ?',
  );
  const summaryOf = connection.prepare<[string], OldSummary>(
    'SELECT text, label, turns FROM memory_summaries WHERE session = ?',
  );
  const insertSummary = connection.prepare<[number, Buffer, string, number]>(
    'INSERT INTO conversation_summaries (conversation, text, label, turns) VALUES (?, ?, ?, ?)',
  );

  const ranks = new Map<string, number>();
  const rankOfText = (label: string): number => {
    const rank = ranks.get(label) ?? rankOf(labelFrom(label).level);
    ranks.set(label, rank);
    return rank;
  };

  function begin({ session, time }: OldTurn): { readonly number: number; readonly cipher: SealingCipher } {
    const id = randomBytes(12).toString('hex');
    const key = newSealingKey();
    const number = Number(insertConversation.run(id, session, time, time).lastInsertRowid);
    insertKey.run(number, key);
    const begun = { number, cipher: cipherOf('conversation', key, id) };
    note.run(session, begun.number);
    const summary = summaryOf.get(session);
    if (summary === undefined) return begun;
    insertSummary.run(begun.number, begun.cipher.seal(summary.text), summary.label, summary.turns);
    grow.run(0, rankOfText(summary.label), time, begun.number);
    return begun;
  }

  let last: OldTurn | undefined;
  let current: ReturnType<typeof begin> | undefined;
  for (let turns = turnsAfter.all('', -1, page); turns.length > 0;) {
    for (const turn of turns) {
      if (current === undefined || turn.session !== last?.session) current = begin(turn);
      insert.run(current.number, turn.number, current.cipher.seal(turn.message), turn.label, turn.time);
      grow.run(turn.number, rankOfText(turn.label), turn.time, current.number);
      last = turn;
    }
    turns = last === undefined ? [] : turnsAfter.all(last.session, last.number, page);
  }
  connection.exec(
    'INSERT INTO conversation_batches SELECT number, batch FROM memory_batches JOIN taken USING (session)',
  );
}

/** Assigns the conversations of `taken` to the owners that the journal proves. */
function assignOwners({ connection }: HeddleDatabase, { keyOf, ownerOf }: TakeOverOptions): TakenOver {
  connection.exec(`
    CREATE TEMP TABLE proofs (
      batch TEXT NOT NULL, conversation INTEGER NOT NULL, is_last INTEGER NOT NULL, project TEXT, workflow TEXT, subject TEXT,
      PRIMARY KEY (batch, conversation)
    ) WITHOUT ROWID;
    INSERT INTO proofs (batch, conversation, is_last)
      SELECT batches.batch, taken.number,
        batches.batch = (SELECT batch FROM memory_turns WHERE session = batches.session ORDER BY number DESC LIMIT 1)
      FROM memory_batches AS batches JOIN taken USING (session);
    CREATE INDEX temp.proofs_of ON proofs (conversation);
  `);
  const lastOfPage = connection
    .prepare<[after: number, size: number], number | null>(
      'SELECT max(number) FROM (SELECT number FROM runs WHERE number > ? ORDER BY number LIMIT ?)',
    )
    .pluck();
  // Only workflows with a memory node are searched. A node of another type that stores conversations proves nothing.
  const steps = connection.prepare<[after: number, last: number], StepRow>(`
    SELECT records.path, runs.root_id, runs.workflow_id, runs.workflow_name, runs.caller
    FROM runs JOIN bundles ON bundles.hash = runs.bundle CROSS JOIN records ON records.run = runs.number
    WHERE runs.number > ? AND runs.number <= ? AND instr(bundles.content, 'memory') > 0
      AND records.type = 'node-step' AND records.path IS NOT NULL AND json_extract(records.body, '$.key') = 'append'
    ORDER BY runs.number`);
  // The first run with a key wrote the turns; later runs with the same key added nothing.
  const prove = connection.prepare<[project: string, workflow: string, subject: string, batch: string]>(
    'UPDATE proofs SET project = ?, workflow = ?, subject = ? WHERE batch = ? AND project IS NULL',
  );
  let after = 0;
  for (let last = lastOfPage.get(after, page); typeof last === 'number'; last = lastOfPage.get(after, page)) {
    for (const step of steps.all(after, last)) {
      const { project, workflow, subject } = ownerOf({
        workflowId: step.workflow_id ?? undefined,
        workflowName: step.workflow_name,
        caller: step.caller === null ? undefined : parseCaller(step.caller),
      });
      prove.run(project, workflow, subject, keyOf(step.root_id, step.path));
    }
    after = last;
  }
  const { changes: placed } = connection
    .prepare(
      `UPDATE OR IGNORE conversations SET project = proof.project, workflow = proof.workflow, subject = proof.subject
       FROM proofs AS proof
       WHERE proof.conversation = conversations.number AND proof.is_last = 1 AND proof.project IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM proofs AS other WHERE other.conversation = proof.conversation AND other.project <> proof.project)`,
    )
    .run();
  const count = connection.prepare<[], number>('SELECT count(*) FROM taken').pluck().get() ?? 0;
  connection.exec('DROP TABLE proofs; DROP TABLE taken');
  return { placed, unassigned: count - placed };
}

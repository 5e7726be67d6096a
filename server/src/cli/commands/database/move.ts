import type { Moved } from '@heddle/adapters/move';
import { HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MoveCheck, MoveChoices } from '../../../heddle/move/choices.js';
import { databaseUrlOf } from '../../../settings/server-urls.js';
import { postgresAddress } from '../../../settings/setting-parsers.js';
import type { Settings } from '../../../settings/settings-table.js';
import { endProgress, print, printJson, showProgress, table } from '../../output.js';
import { settingsOf } from '../context.js';

interface MoveOptions {
  readonly to?: string;
  readonly toFile?: string;
  readonly check?: true;
  readonly vectors?: string;
  readonly leaveCollections?: true;
  readonly leaveFiles?: true;
  readonly replaceText?: true;
  readonly startOver?: true;
  readonly json?: true;
}

/** `heddle move`: moves all data of a folder to Postgres, or back to a folder. */
export async function move(options: MoveOptions, command: Command): Promise<void> {
  const settings = settingsOf(command);
  const to = targetOf(options);
  const from = databaseUrlOf(settings);
  const isServer = /^postgres(?:ql)?:/.test(to);
  if (isServer === (from !== undefined))
    throw new HeddleError(
      'usage',
      isServer
        ? 'HEDDLE_DATABASE_URL is set, so the data is on Postgres already: name a folder to move it to, or unset it to move the data folder.'
        : 'The data is in a folder: name the address of a Postgres database. To move from Postgres to a folder, set HEDDLE_DATABASE_URL.',
    );
  const choices = choicesOf(options);
  try {
    if (from === undefined) await toPostgres(settings, postgresAddress.parse(to), choices, options);
    else await toFolder(settings, from, to, choices, options);
  } finally {
    endProgress();
  }
}

function targetOf({ to, toFile }: MoveOptions): string {
  if ((to === undefined) === (toFile === undefined))
    throw new HeddleError(
      'usage',
      'Name the target: --to with an address or a folder, or --to-file with a file that has the address.',
    );
  return to ?? readFileSync(toFile ?? '', 'utf8').trim();
}

function choicesOf(options: MoveOptions): MoveChoices {
  const verbs = { read: 'read', files: 'brought', copy: 'copied', prove: 'compared' } as const;
  return {
    leavesCollections: options.leaveCollections === true,
    leavesFiles: options.leaveFiles === true,
    replacesText: options.replaceText === true,
    startsOver: options.startOver === true,
    vectors: options.vectors,
    onProgress: ({ step, table: name, done, total }) => {
      const what = step === 'files' ? 'files' : 'rows';
      if (total !== undefined) showProgress(`${verbs[step]}: ${tenths(done, total)} % of ${total} ${what}`);
      // A log file needs no line for each table.
      else showProgress(process.stderr.isTTY ? `${verbs[step]}: ${name}` : 'every row is read');
    },
    onCollection: (name, documents) => showProgress(`copied: ${documents} documents of the collection ${name}`),
  };
}

/** The percentage in steps of ten, so that a log stays short. */
const tenths = (done: number, total: number): number => (total === 0 ? 100 : Math.floor((done / total) * 10) * 10);

async function toPostgres(
  settings: Settings,
  url: string,
  choices: MoveChoices,
  { check, json }: MoveOptions,
): Promise<void> {
  const { checkMoveToPostgres, moveDataToPostgres } = await import('../../../heddle/move/move-to-postgres.js');
  if (check === true) {
    answerCheck(await checkMoveToPostgres(settings, url, choices), json === true);
    return;
  }
  const { collections, ...moved } = await moveDataToPostgres(settings, url, choices);
  const { dataFolder } = settings;
  const stays = [
    `${join(dataFolder, 'secret.key')} stays where it is: every process needs it (HEDDLE_KEY_FILE).`,
    `Files of runs, originals of collections and own nodes stay in ${dataFolder}: keep it as the data folder of the process on Postgres.`,
  ];
  answerMoved({ ...moved, collections, stays }, json === true, [
    ...(collections.length === 0 ? [] : [`Collections: ${collections.join(', ')}.`]),
    ...stays,
    'Start Heddle with HEDDLE_DATABASE_URL. A start without it refuses the folder (storage_moved).',
  ]);
}

async function toFolder(
  settings: Settings,
  url: string,
  folder: string,
  choices: MoveChoices,
  { check, json }: MoveOptions,
): Promise<void> {
  const { checkMoveToFolder, moveDataToFolder } = await import('../../../heddle/move/move-to-folder.js');
  if (check === true) {
    answerCheck(await checkMoveToFolder(settings, url, folder, choices), json === true);
    return;
  }
  const moved = await moveDataToFolder(settings, url, folder, choices);
  const { blobs, originals } = moved.files;
  const hasFiles = blobs + originals > 0;
  const stays = [
    'Collections stay on their server: keep PGVECTOR_URL or QDRANT_URL.',
    ...(hasFiles ? ['The objects of the bucket stay there too: remove them when you have what you need.'] : []),
  ];
  answerMoved({ ...moved, collections: [], stays }, json === true, [
    ...(hasFiles ? [`From the bucket: ${blobs} files and ${originals} originals, each compared with its hash.`] : []),
    ...stays,
    `Start Heddle on ${moved.to} without HEDDLE_DATABASE_URL${hasFiles ? ' and HEDDLE_BLOBS_URL' : ''}. A start with it refuses the database (storage_moved).`,
  ]);
}

/** Prints what the check found. Exit code 1 if something stops the move. */
function answerCheck(found: MoveCheck, isJson: boolean): void {
  endProgress();
  if (isJson) printJson(found);
  else
    print(
      `From ${found.from} to ${found.to}: ${found.rows} rows, ${Math.ceil(found.bytes / 1e6)} MB.`,
      ...table(
        Object.entries(found.tables)
          .toSorted(([, one], [, other]) => other - one)
          .map(([name, rows]) => [`  ${name}`, String(rows)]),
      ),
      ...(found.collections.length === 0 ? [] : [`Collections: ${found.collections.join(', ')}.`]),
      ...(found.stops.length === 0
        ? ['Nothing prevents the move.']
        : ['These prevent the move:', ...found.stops.map(({ code, message }) => `  ${message} (${code})`)]),
    );
  if (found.stops.length > 0) process.exitCode = 1;
}

function answerMoved(
  moved: Moved & { collections: readonly string[]; stays: readonly string[] },
  isJson: boolean,
  more: readonly string[],
): void {
  endProgress();
  if (isJson) {
    printJson(moved);
    return;
  }
  if (moved.wasDone) {
    print(`Everything of ${moved.from} is in ${moved.to} already.`, ...more);
    return;
  }
  print(
    `Moved ${moved.rows} rows of ${moved.tables} tables from ${moved.from} to ${moved.to}.`,
    `Verified: the rows and the contents of each table, the audit chain, and that the key opens ${moved.secrets} secrets.`,
    ...(moved.badRecord === undefined
      ? []
      : [`The audit chain has a bad record on both sides: ${moved.badRecord.number}, ${moved.badRecord.reason}.`]),
    ...(moved.replacedTexts === 0 ? [] : [`NUL characters were replaced in ${moved.replacedTexts} rows.`]),
    ...more,
  );
}

import {
  compilePlan,
  createCatalog,
  HeddleError,
  parseDocument,
  toErrorValue,
  type ErrorValue,
  type Issue,
} from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../common/log.js';
import { NodePackages } from '../../nodes/node-packages.js';
import type { Settings } from '../../settings/settings-table.js';
import { issueLine, print, printJson, printToStderr } from '../output.js';
import { readWorkflowFile } from '../workflow-files.js';
import { settingsOf, withClient } from './context.js';

interface FileReport {
  readonly file: string;
  readonly isValid: boolean;
  readonly issues: readonly Issue[];
  /** Why the file is not a workflow document. */
  readonly error?: ErrorValue;
}

/** `heddle validate`: prints all issues of each file, and fails if one is an error. It never creates a data folder. */
export async function validate(
  files: readonly string[],
  options: { readonly json?: true },
  command: Command,
): Promise<void> {
  const settings = settingsOf(command);
  const hasFolder = existsSync(join(settings.dataFolder, 'heddle.db'));
  const reports = hasFolder
    ? await withClient(command, ({ api }) =>
        checkAll(files, async (document) => (await api.POST('/api/compile', { body: { document } })).issues),
      )
    : await checkAlone(files, settings);
  if (options.json === true) printJson(reports);
  else for (const report of reports) printReport(report);
  if (reports.some((report) => !report.isValid)) process.exitCode = 1;
}

async function checkAlone(files: readonly string[], settings: Settings): Promise<FileReport[]> {
  const catalog = createCatalog(standardNodes);
  // No package is installed here, so the audit log may be a stub.
  const packages = new NodePackages(settings, catalog, silentLog, { write: () => Promise.resolve() });
  try {
    await packages.open();
    return await checkAll(files, (document) => Promise.resolve(compilePlan(parseDocument(document), catalog).issues));
  } finally {
    await packages.close();
  }
}

function checkAll(
  files: readonly string[],
  compile: (document: unknown) => Promise<readonly Issue[]>,
): Promise<FileReport[]> {
  return Promise.all(
    files.map(async (file): Promise<FileReport> => {
      try {
        const issues = await compile(parseDocument(await readWorkflowFile(file)));
        return { file, isValid: !issues.some((issue) => issue.severity === 'error'), issues };
      } catch (error) {
        if (!(error instanceof HeddleError)) throw error;
        return { file, isValid: false, issues: [], error: toErrorValue(error) };
      }
    }),
  );
}

function printReport({ file, isValid, issues, error }: FileReport): void {
  const warnings = issues.filter((issue) => issue.severity === 'warning').length;
  if (error !== undefined) printToStderr(`${file}: ${error.message} (${error.code})`);
  for (const issue of issues) printToStderr(`${file}: ${issue.severity} ${issue.code}: ${issueLine(issue)}`);
  if (isValid) print(`${file}: valid${warnings === 0 ? '' : `, ${warnings} warning${warnings === 1 ? '' : 's'}`}`);
}

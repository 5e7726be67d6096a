import { makeFolder } from '@heddle/adapters/database';
import { HeddleError, serialiseDocument, WorkflowReply } from '@heddle/core';
import type { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Caller } from '../client/http-call.js';
import { print, printJson, printToStderr } from '../output.js';
import { readWorkflowFile } from '../workflow-files.js';
import { withClient } from './context.js';

/** `heddle export`: writes stored workflows as files whose format suits git. */
export async function exportWorkflows(
  slug: string | undefined,
  options: { readonly out?: string; readonly all?: true; readonly json?: true },
  command: Command,
): Promise<void> {
  if (options.all === true && (options.out === undefined || slug !== undefined))
    throw new HeddleError('usage', 'To export every workflow: heddle export --all --out FOLDER.');
  await withClient(command, async ({ api }) => {
    const listed = async () => (await api.GET('/api/workflows')).workflows;
    if (options.all !== true && slug === undefined) {
      const workflows = await listed();
      if (options.json === true) printJson(workflows);
      else print(...workflows.map((workflow) => `${workflow.slug}  ${workflow.name}`));
      return;
    }
    const slugs = slug === undefined ? (await listed()).map((workflow) => workflow.slug) : [slug];
    const written: string[] = [];
    for (const name of slugs) {
      const text = serialiseDocument(
        (await api.GET('/api/workflows/{id}', { params: { path: { id: name }, query: { filled: 'true' } } })).document,
      );
      const file =
        options.out === undefined
          ? undefined
          : resolve(options.all === true ? join(options.out, name, 'workflow.json') : options.out);
      if (file === undefined) process.stdout.write(text);
      else {
        makeFolder(dirname(file), { isPrivate: false });
        await writeFile(file, text);
        written.push(file);
      }
    }
    if (options.json === true && options.out !== undefined) printJson({ files: written });
    else for (const file of written) printToStderr(`Wrote ${file}`);
  });
}

/** `heddle import`: stores workflow files; the name of the folder or file becomes the slug. */
export async function importWorkflows(
  files: readonly string[],
  options: { readonly slug?: string; readonly json?: true },
  command: Command,
): Promise<void> {
  if (options.slug !== undefined && files.length > 1)
    throw new HeddleError('usage', '--slug names one workflow: give one file.');
  const texts = await Promise.all(
    files.map(async (file) => ({ file, document: JSON.parse(await readWorkflowFile(file)) as unknown })).map(readable),
  );
  await withClient(command, async ({ api }) => {
    const stored: { file: string; id: string; slug: string; revision: number; issues: number }[] = [];
    for (const { file, document } of texts) {
      const { issues } = await api.POST('/api/compile', { body: { document } });
      const { id, slug, revision } = await putWorkflow(api, document, options.slug ?? slugOf(file));
      stored.push({ file, id, slug, revision, issues: issues.filter((issue) => issue.severity === 'error').length });
    }
    if (options.json === true) printJson(stored);
    else
      print(
        ...stored.map(
          ({ file, slug, revision, issues }) =>
            `${file} is stored as ${slug} (revision ${revision})${issues === 0 ? '' : `, with ${issues} issues: heddle validate ${file}`}`,
        ),
      );
  });
}

/** Creates a workflow under a slug, or replaces the one that has the slug. */
async function putWorkflow(api: Caller['api'], document: unknown, slug: string | undefined): Promise<WorkflowReply> {
  if (slug !== undefined) {
    try {
      return await api.PUT('/api/workflows/{id}', {
        params: { path: { id: slug } },
        body: { document },
        headers: { 'if-match': '*' },
      });
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'workflow_not_found') throw error;
    }
  }
  return api.POST('/api/workflows', { body: { document, slug } });
}

/** Errors: `document_unreadable` for invalid JSON. */
async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw new HeddleError('document_unreadable', `The workflow document is not valid JSON: ${cause.message}`, {
        cause,
      });
    throw cause;
  }
}

function slugOf(file: string): string | undefined {
  const name =
    basename(file) === 'workflow.json' ? basename(dirname(resolve(file))) : basename(file).replace(/\.json$/, '');
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 64);
  return slug === '' ? undefined : slug;
}

/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, useState, type ReactElement } from 'react';
import {
  button,
  dialogTitle,
  fill,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../../session/testing/feature-page.js';
import { schemaFields } from '../../../ui/schema-form/schema-field.js';
import { ConfigField } from '../ConfigField.js';

const [collectionField] = schemaFields({
  properties: { collection: { type: 'string', title: 'Collection', widget: 'collection', default: '' } },
});
const info = (name: string, title: string, documents = 0) => ({
  name,
  title,
  embedding: 'small',
  dimensions: 4,
  documents,
  passages: documents * 3,
  store: 'embedded',
  createdAt: 1,
  updatedAt: 1,
  splitter: { kind: 'markdown', maxTokens: 100, overlapTokens: 0 },
  label: { level: 'internal', marks: [] },
});
const documents = 'POST /api/collections/our-faq/documents';

let page: FeaturePage;
let collections: ReturnType<typeof info>[];

function Form({ start, isReadOnly }: { readonly start: string; readonly isReadOnly: boolean }): ReactElement {
  const [held, setHeld] = useState<unknown>(start);
  if (collectionField === undefined) throw new Error('No field');
  return (
    <>
      <output>{String(held)}</output>
      <ConfigField
        field={collectionField}
        value={held}
        path="collection"
        issues={[]}
        isReadOnly={isReadOnly}
        onChange={setHeld}
      />
    </>
  );
}
const held = (): string => textsOf('output')[0] ?? '';
const settle = (work: () => void = () => undefined): Promise<void> =>
  act(async () => {
    work();
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
const show = async (start = '', isReadOnly = false): Promise<void> => {
  await page.show(<Form start={start} isReadOnly={isReadOnly} />);
  await settle();
};
const chooseFiles = (...names: string[]): Promise<void> =>
  settle(() => {
    const field = document.querySelector<HTMLInputElement>('input[aria-label="Files to import"]');
    Object.defineProperty(field, 'files', {
      configurable: true,
      value: names.map((name) => Object.assign(new File(['x'], name), { webkitRelativePath: '' })),
    });
    field?.dispatchEvent(new Event('change', { bubbles: true }));
  });
const job = (jobId: string, status: string) => ({
  jobId,
  kind: 'ingest',
  subject: 'our-faq',
  status,
  createdAt: 1,
  updatedAt: 1,
  progress: { documents: 2, done: 1 },
});

beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  collections = [info('handbook', 'Handbook', 2)];
  page.answer('GET /api/collections', () => ({ collections }));
  page.answer('GET /api/models', {
    models: [{ card: { id: 'small', title: 'Small', kind: 'embed', isStarter: true }, status: 'ready' }],
  });
  page.answer('POST /api/collections', (body) => {
    const { name, title } = body as { readonly name: string; readonly title: string };
    collections = [...collections, info(name, title)];
    return collections.at(-1);
  });
  page.answer(documents, { jobId: 'j1' });
});
afterEach(() => page.leave());

describe('the field for a collection', () => {
  it('creates a collection, selects it, and imports files into it with their progress', async () => {
    await show();
    await press('New collection');
    await settle();
    await fill('Title', 'Our FAQ');
    await press('Create collection');
    await settle();
    expect([held(), dialogTitle()]).toEqual(['our-faq', 'Add files to Our FAQ']);
    await chooseFiles('a.md', 'b.pdf');
    expect(page.count(documents)).toBe(1);
    const form = page.sent().at(-1)?.body as FormData;
    expect(form.getAll('about')).toEqual(['{"id":"a.md"}', '{"id":"b.pdf"}']);
    // Only the import that was started here is shown.
    await page.publish('jobs', [job('j1', 'running'), job('other', 'running')]);
    expect(pageText().split('Importing documents')).toHaveLength(2);
    expect(pageText()).toContain('The import goes on when you close this.');
    collections = [info('our-faq', 'Our FAQ', 2)];
    await press('Close');
    await settle();
    expect(pageText()).toContain('2 documents, 6 passages');
  });

  it('offers to import files into the chosen collection', async () => {
    await show('handbook');
    await press('Add files');
    await settle();
    expect([held(), dialogTitle()]).toEqual(['handbook', 'Add files to Handbook']);
  });

  it('changes nothing when the dialog is closed at once', async () => {
    await show('handbook');
    await press('New collection');
    await settle();
    await press('Cancel');
    expect([held(), page.sent()]).toEqual(['handbook', []]);
  });

  it('says why files were refused, and can try again', async () => {
    await show();
    await press('New collection');
    await settle();
    await fill('Title', 'Our FAQ');
    await press('Create collection');
    await settle();
    page.refuse(documents, 413, 'file_too_large', 'The file is too large.');
    await chooseFiles('a.md');
    expect(pageText()).toContain('The file is too large.');
    page.answer(documents, { jobId: 'j1' });
    await chooseFiles('a.md');
    expect(pageText()).not.toContain('The file is too large.');
  });

  it.each([
    ['in a workflow that may only be read', true, 'owner'],
    ['to a user who may not write collections', false, 'viewer'],
  ] as const)('offers neither a new collection nor an import %s', async (_where, isReadOnly, role) => {
    page.signInAs(role);
    await show('handbook', isReadOnly);
    expect([button('New collection'), button('Add files')]).toEqual([undefined, undefined]);
  });
});

/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TemplateSummary, type TemplateGap } from '@heddle/core';
import { act } from 'react';
import '../../../ui/markdown/MarkdownBody.js';
import {
  alerts,
  button,
  dialogTitle,
  fill,
  hostileNames,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../../session/testing/feature-page.js';
import { TemplatesPage } from './TemplatesPage.js';

type Given = Partial<TemplateSummary>;
const template = (id: string, facts: Given = {}): TemplateSummary =>
  TemplateSummary.parse({
    id,
    name: `Template ${id}`,
    summary: `It does ${id}.`,
    nodes: 2,
    collections: [],
    models: [],
    missingNodes: [],
    readme: `# ${id}\n\nAbout **${id}**.`,
    sketch: { nodes: [[0, 0], [400, 0]], edges: [[0, 1]], icons: [['log-in', 'input-output'], ['', '']] }, // prettier-ignore
    ...facts,
  });
const gap = (facts: Partial<TemplateGap>): TemplateGap => ({
  kind: 'model',
  target: 'small',
  message: 'The model small is not on this machine.',
  isBlocking: true,
  remedy: { do: 'download-model', model: 'small', bytes: 1_000_000 },
  ...facts,
});
const lacking = (...missing: TemplateGap[]): TemplateSummary =>
  template('ask', { missing, isRunnable: false, collections: [{ name: 'library', isHere: true, samples: 0 }] });
const workflow = { id: 'w', slug: 'ask', revision: 1, updatedAt: 1, document: { heddle: 2, name: 'Ask', nodes: {}, edges: [] } }; // prettier-ignore
const runOf = (status: string, more: object = {}) => ({
  runId: 'r',
  status,
  outputs: {},
  nodes: {},
  summary: { runId: 'r', workflowName: 'Ask', status, trigger: 'editor', acceptedAt: 1, lastSeq: 1 },
  ...more,
});
const citation = {
  number: 1,
  passage: 'p1',
  document: 'warranty.md',
  title: 'Warranty',
  quote: 'It lasts 24 months.',
  quoteStart: 0,
  quoteEnd: 19,
};

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.answer('POST /api/templates/ask', { workflow, jobs: [] });
  page.answer('DELETE /api/workflows/w', {});
  page.answer('POST /api/runs', { runId: 'r' });
  page.answer('POST /api/runs/r/cancel', {});
  window.history.replaceState(null, '', '/templates');
});
afterEach(() => page.leave());

async function show(templates: readonly TemplateSummary[], shown?: string): Promise<void> {
  page.answer('GET /api/templates', { templates });
  await page.show(<TemplatesPage shown={shown} />);
}
const sent = (): readonly string[] => page.sent().map(({ method, path }) => `${method} ${path}`);
const until = async (isTrue: () => boolean): Promise<void> => {
  for (let round = 0; round < 150 && !isTrue(); round += 1)
    await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
  expect(isTrue()).toBe(true);
};
const address = (): string => window.location.pathname + window.location.search;

describe('the gallery of templates', () => {
  it('shows each template with the icons of its nodes, its category, its tests, and whether it runs here', async () => {
    const test = { name: 'says it', inputs: {}, expect: { outputs: {} } };
    await show([template('ask', { category: 'answers', tests: [test] })]);
    expect(textsOf('.tile-title')).toEqual(['Template ask']);
    expect(textsOf('.tile-foot span')).toEqual(['Runs here', 'Answers', '2 nodes', '1 test']);
    expect(document.querySelectorAll('.sketch-icon svg')).toHaveLength(2);
  });

  it('does not say that a template runs here when the user may not read what it needs', async () => {
    const unknown = [{ kind: 'connection', target: 'openai' }] as const;
    await show([template('ask', { needs: [...unknown], unknown: [...unknown] })], 'ask');
    expect(textsOf('.tile-foot span')[0]).toBe('Needs connection openai');
    expect(pageText()).not.toContain('Runs here');
    expect(document.querySelector('dialog')?.textContent).toContain('whether this is ready: Connection openai.');
  });

  it('finds templates by text and by category', async () => {
    await show([
      template('ask', { category: 'answers', problem: 'Nobody finds the warranty.' }),
      template('triage', { category: 'automation' }),
    ]);
    await fill('Search templates', 'WARRANTY nobody');
    expect(textsOf('.tile-title')).toEqual(['Template ask']);
    await fill('Search templates', '');
    await fill('Category', 'automation');
    expect(textsOf('.tile-title')).toEqual(['Template triage']);
    await fill('Search templates', 'warranty');
    expect(pageText()).toContain('No template matches.');
    await press('Show all');
    expect(textsOf('.tile-title')).toHaveLength(2);
  });

  it('copies a template that runs here, and opens the copy', async () => {
    await show([template('ask')]);
    await press('Use Template ask');
    await until(() => address() === '/workflows/ask');
    expect(sent()).toEqual(['POST /api/templates/ask']);
  });

  it('says why a copy was refused, at the template', async () => {
    page.refuse('POST /api/templates/ask', 409, 'model_missing', 'No embedding model is on this machine.');
    await show([template('ask'), template('other')]);
    await press('Use Template ask');
    const tile = document.querySelector('.tile-template');
    expect(tile?.querySelector('[role=alert]')?.textContent).toContain('No embedding model is on this machine.');
    expect(alerts()).toHaveLength(1);
  });

  it('offers a viewer to read about a template, and nothing that would be refused', async () => {
    page.signInAs('viewer');
    await show([template('ask')]);
    expect([button('Use Template ask'), button('Try Template ask')]).toEqual([undefined, undefined]);
    expect(button('About Template ask')).toBeDefined();
  });

  it.each(hostileNames)('shows %s as text', async (_what, name) => {
    await show([template('ask', { name, summary: name })]);
    expect(textsOf('.tile-title')).toEqual([name.trim()]);
    expect(document.querySelectorAll('img')).toHaveLength(0);
  });

  it('says that a linked template does not exist', async () => {
    await show([template('ask')], 'gone');
    expect(alerts()).toEqual(['This Heddle has no template “gone”.']);
  });
});

describe('a template that cannot run here', () => {
  it('says what is missing, and opens its description instead of copying it', async () => {
    await show([lacking(gap({}), gap({ kind: 'connection', target: 'openai' }))]);
    expect(pageText()).toContain('Missing here: model small and 1 more');
    await press('Use Template ask');
    expect([address(), sent()]).toEqual(['/templates?show=ask', []]);
  });

  it('downloads a missing model with one click, shows the progress, and can run afterwards', async () => {
    page.answer('POST /api/models/small/pull', { jobId: 'j' });
    await show([lacking(gap({}))], 'ask');
    expect(pageText()).toContain('The model small is not on this machine (1.0 MB).');
    expect(button('Try it with sample data')).toBeUndefined();
    await press('Download small');
    expect(sent()).toEqual(['POST /api/models/small/pull']);
    const job = { jobId: 'j', kind: 'pull', subject: 'small', createdAt: 1, progress: {} };
    await page.publish('jobs', [{ ...job, status: 'running' }]);
    expect(document.querySelectorAll('dialog [role=progressbar]')).toHaveLength(1);
    page.answer('GET /api/templates', { templates: [template('ask')] });
    await page.publish('jobs', [{ ...job, status: 'done', endedAt: 2 }]);
    await until(() => button('Try it with sample data') !== undefined);
    expect(pageText()).not.toContain('It cannot run here yet.');
  });

  it.each<[TemplateGap['remedy'], string | undefined, string | undefined]>([
    [{ do: 'add-connection', connection: 'openai' }, 'Set up connection', '/connections/+?name=openai'],
    [{ do: 'add-key', connection: 'openai' }, 'Add key', '/connections/openai'],
    [{ do: 'enable-connection', connection: 'openai' }, 'Open connection', '/connections/openai'],
    [
      { do: 'raise-clearance', connection: 'openai', from: 'public', to: 'internal' },
      'Open connection',
      '/connections/openai',
    ],
    [{ do: 'choose-model', model: 'x' }, 'Open models', '/models'],
    [{ do: 'add-documents', collection: 'library' }, 'Add documents', '/collections/library'],
    [{ do: 'add-documents', collection: 'not-made' }, 'Create collection', '/collections'],
    [{ do: 'add-tool-server', server: 'mail' }, 'Add tool server', '/tools/+'],
    [{ do: 'approve-tools', server: 'mail' }, 'Open tool server', '/tools/mail'],
    [{ do: 'add-secret', secret: 'token' }, 'Add secret', '/secrets'],
    [{ do: 'add-policy', policy: 'cheap' }, 'Add policy', '/policies/+'],
    [{ do: 'add-workflow', workflow: 'inner' }, 'Open workflows', '/'],
    [{ do: 'change-setting', setting: 'HEDDLE_FILES' }, undefined, undefined],
  ])('links to the page that solves %j', async (remedy, title, href) => {
    await show([lacking(gap({ message: 'It is missing.', remedy }))], 'ask');
    const link = document.querySelector('dialog .needs a');
    expect(document.querySelector('dialog .needs')?.textContent).toContain('It is missing.');
    expect([link?.textContent, link?.getAttribute('href') ?? undefined]).toEqual([title, href]);
  });

  it('can be copied anyway', async () => {
    await show([lacking(gap({}))], 'ask');
    await press('Use it anyway');
    await until(() => address() === '/workflows/ask');
  });
});

describe('the description of a template', () => {
  it('says its problem, what it needs, what a copy creates, and its tests', async () => {
    const test = { name: 'says the payday', inputs: {}, expect: { outputs: {} } };
    await show(
      [
        template('ask', {
          problem: 'Nobody finds the payday.',
          tests: [test],
          needs: [{ kind: 'model', target: 'small' }],
          collections: [{ name: 'handbook', isHere: false, samples: 29 }],
        }),
      ],
      'ask',
    );
    const dialog = document.querySelector('dialog')?.textContent ?? '';
    expect(dialogTitle()).toBe('Template ask');
    for (const text of ['Nobody finds the payday.', 'Model small', 'with 29 sample documents', 'says the payday'])
      expect(dialog).toContain(text);
    expect(document.querySelector('dialog .markdown strong')?.textContent).toBe('ask');
    await press('Close');
    expect(address()).toBe('/templates');
  });
});

describe('a try-out', () => {
  const examples = [
    { name: 'Payday', inputs: { question: 'When are salaries paid?' } },
    { name: 'Warranty', inputs: { question: 'How long is the warranty?' } },
  ];

  it('runs the sample, stores no workflow, and shows the answer with its sources', async () => {
    page.answer(
      'GET /api/runs/r',
      runOf('done', { outputs: { answer: 'It lasts 24 months [1].', sources: [citation] } }),
    );
    await show([template('ask', { examples })]);
    await press('Try Template ask');
    await until(() => pageText().includes('It lasts 24 months'));
    expect(sent()).toEqual(['POST /api/templates/ask', 'DELETE /api/workflows/w', 'POST /api/runs?trigger=editor']);
    expect(page.sent()[2]?.body).toMatchObject({ inputs: { question: 'When are salaries paid?' } });
    await until(() => textsOf('.source-name').includes('Warranty'));
    await press('Warranty');
    await until(() => page.count('POST /api/runs?trigger=editor') === 2);
    expect(page.sent().at(-1)?.body).toMatchObject({ inputs: { question: 'How long is the warranty?' } });
  });

  it('imports the sample documents first', async () => {
    page.answer('POST /api/templates/ask', { workflow, jobs: ['j'] });
    const job = { jobId: 'j', kind: 'ingest', subject: 'handbook', createdAt: 1 };
    page.answer('GET /api/jobs/j', { ...job, status: 'running', progress: {} });
    await show([template('ask', { examples })]);
    await press('Try Template ask');
    await page.publish('jobs', [{ ...job, status: 'running', progress: { documents: 29, done: 4, passages: 9 } }]);
    expect(pageText()).toContain('Importing the sample documents: 4 of 29 documents');
    expect(page.count('POST /api/runs?trigger=editor')).toBe(0);
  });

  it('says that a run waits for a person, and what failed', async () => {
    page.answer('GET /api/runs/r', runOf('suspended'));
    await show([template('ask', { examples })]);
    await press('Try Template ask');
    await until(() => pageText().includes('The run waits for a person.'));
    await press('Close');
    const error = { code: 'node_failed', message: 'It broke.', retryable: false };
    page.answer('GET /api/runs/r', runOf('failed', { error }));
    await press('Try Template ask');
    await until(() => alerts().includes('It broke.'));
  });

  it('that is refused says why, and can be tried again', async () => {
    page.refuse('POST /api/runs', 403, 'forbidden', 'This needs the role editor.');
    await show([template('ask', { examples })]);
    await press('Try Template ask');
    await until(() => alerts().some((text) => text.includes('This needs the role editor.')));
    page.answer('POST /api/runs', { runId: 'r' });
    page.answer('GET /api/runs/r', runOf('done', { outputs: { answer: 'Yes.' } }));
    await press('Try again');
    await until(() => pageText().includes('Yes.'));
  });

  it('that is closed stops its run', async () => {
    page.answer('GET /api/runs/r', runOf('running'));
    await show([template('ask', { examples })]);
    await press('Try Template ask');
    await until(() => pageText().includes('Running: 0 of 2 nodes done'));
    await press('Cancel');
    await until(() => sent().at(-1) === 'POST /api/runs/r/cancel');
  });
});

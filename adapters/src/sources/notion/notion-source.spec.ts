import { syncSource, type SyncReport } from '@heddle/core';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { blockOf, openNotionDouble, textOf, type NotionDouble } from './notion-double.js';
import { createNotionSource } from './notion-source.js';

async function open(): Promise<SourceConnectorSubject> {
  const notion = await openNotionDouble();
  const texts = new Map<string, string>();
  const soon = async (work: () => void): Promise<void> => work();
  return {
    connector: createNotionSource(notion.server),
    config: {},
    badConfigs: [{ maxPages: 0 }, { maxPages: 'all' }, { other: 1 }],
    request: notion.request,
    write: (name, text) =>
      soon(() => {
        texts.set(name, text);
        notion.write(name, text);
      }),
    remove: (name) => soon(() => notion.trash(name)),
    rename: (from, to) =>
      soon(() => {
        notion.trash(from);
        notion.write(to, texts.get(from) ?? '');
      }),
    textOf: (text) => `# Page\n\n${text}`,
    downloads: () =>
      new Set(notion.asked.filter((path) => path.includes('/children') && !path.includes('start_cursor'))).size,
    faults: notion.faults,
    close: () => notion.close(),
  };
}

testSourceConnector({ describe, it }, 'notion', open, ['limit', 'setToken', 'cutPages']);

describe('the source notion', () => {
  let notion: NotionDouble;
  let sync = createMemorySync();
  beforeEach(async () => {
    notion = await openNotionDouble();
    sync = createMemorySync();
  });
  afterEach(() => notion.close());

  const run = (config: object = {}, now = Date.now()): Promise<SyncReport> => {
    const connector = createNotionSource(notion.server);
    return syncSource({
      connector,
      request: {
        ...notion.request,
        config: connector.config.parse(config),
        maxBytes: 1_000_000,
        now: () => now,
        signal: new AbortController().signal,
        wait: () => Promise.resolve(),
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });
  };

  it('writes blocks and properties as Markdown', async () => {
    const text = (content: string): object => ({ rich_text: [textOf(content)] });
    notion.setBlocks(
      'p',
      {
        p: [
          blockOf('b1', 'heading_2', text('Leave')),
          blockOf('b2', 'paragraph', {
            rich_text: [
              textOf('You have '),
              textOf('25 days ', { bold: true }),
              textOf('here', { href: 'https://a.example/' }),
            ],
          }),
          blockOf('b3', 'bulleted_list_item', text('one'), true),
          blockOf('b4', 'bulleted_list_item', text('two')),
          blockOf('b5', 'numbered_list_item', text('first')),
          blockOf('b6', 'numbered_list_item', text('second')),
          blockOf('b7', 'to_do', { ...text('ask'), checked: true }),
          blockOf('b8', 'code', { ...text('a < b'), language: 'sql', caption: [] }),
          blockOf('b9', 'table', { table_width: 2, has_column_header: true }, true),
          blockOf('b10', 'column_list', {}, true),
          blockOf('b11', 'child_page', { title: 'Another page' }, true),
          blockOf('b12', 'bookmark', { url: 'https://b.example/', caption: [] }),
          blockOf('b13', 'synced_block', { synced_from: { block_id: 'elsewhere' } }, true),
          blockOf('b14', 'unsupported', {}),
        ],
        b3: [blockOf('c1', 'bulleted_list_item', text('inside'))],
        b9: [
          blockOf('r1', 'table_row', { cells: [[textOf('Role')], [textOf('Days')]] }),
          blockOf('r2', 'table_row', { cells: [[textOf('a|b')], []] }),
        ],
        b10: [blockOf('k1', 'column', {}, true)],
        k1: [blockOf('k2', 'paragraph', text('In a column'))],
      },
      {
        Status: { id: 's', type: 'select', select: { id: 'x', name: 'Open', color: 'red' } },
        Tags: { id: 't', type: 'multi_select', multi_select: [{ name: 'a' }, { name: 'b' }] },
        Due: { id: 'd', type: 'date', date: { start: '2026-01-02', end: null, time_zone: null } },
        Price: { id: 'n', type: 'number', number: 7 },
        Double: { id: 'f', type: 'formula', formula: { type: 'number', number: 14 } },
        Empty: { id: 'e', type: 'rich_text', rich_text: [] },
        Related: { id: 'r', type: 'relation', relation: [{ id: 'q' }] },
      },
    );
    await run();
    const [document] = sync.documents.values();
    expect(document).toMatchObject({
      id: 'p',
      title: 'Page',
      url: 'https://www.notion.so/p',
      mediaType: 'text/markdown',
    });
    expect(document?.content).toBe(
      [
        ...['# Page', '', '- Status: Open', '- Tags: a, b', '- Due: 2026-01-02', '- Price: 7', '- Double: 14', ''],
        ...['## Leave', '', 'You have **25 days** [here](https://a.example/)', ''],
        ...['- one', '  - inside', '- two', '', '1. first', '2. second', '', '- [x] ask', ''],
        ...['```sql', 'a < b', '```', '', '| Role | Days |', '| --- | --- |', '| a\\|b |  |', ''],
        ...['In a column', '', 'Another page', '', '[https://b.example/](https://b.example/)'],
      ].join('\n'),
    );
  });

  it('reads a page again when its last edit may have been in the same minute', async () => {
    notion.write('a', 'One.');
    const sameMinute = notion.now + 30_000;
    await run({}, sameMinute);
    const edited = notion.now;
    notion.now = edited - 60_000;
    notion.write('a', 'Two.');
    expect(await run({}, sameMinute + 10_000)).toMatchObject({ stored: 1 });
    expect([...sync.documents.values()].map(({ content }) => content)).toEqual(['# Page\n\nTwo.']);
    const loads = (): number => notion.asked.filter((path) => path.includes('/children')).length;
    expect(await run({}, sameMinute + 600_000)).toMatchObject({ stored: 0, unchanged: 1 });
    const before = loads();
    expect(await run({}, sameMinute + 700_000)).toMatchObject({ stored: 0, unchanged: 1 });
    expect(loads()).toBe(before);
  });

  it('removes nothing when there are too many pages, and reports a page that is too deep', async () => {
    for (const id of ['a', 'b', 'c', 'd']) notion.write(id, id);
    await run();
    await expect(run({ maxPages: 3 })).rejects.toMatchObject({ code: 'source_failed' });
    const nested = Object.fromEntries(
      Array.from({ length: 30 }, (_, depth) => [
        depth === 0 ? 'a' : `n${depth}`,
        [blockOf(`n${depth + 1}`, 'toggle', { rich_text: [textOf('x')] }, true)],
      ]),
    );
    notion.setBlocks('a', nested);
    expect(await run()).toMatchObject({ failed: 1, unchanged: 3 });
    expect([...sync.failures]).toMatchObject([['a', { code: 'document_too_large' }]]);
  });
});

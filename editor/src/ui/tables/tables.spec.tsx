/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { ApiError } from '../../data/http/http.js';
import { all, one, pageText, press, pressButton, texts } from '../testing/fake-person.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { RowButton } from '../buttons/RowButton.js';
import { Fact } from './Fact.js';
import { ListRow } from './ListRow.js';
import { LoadedTable } from './LoadedTable.js';
import { Table } from './Table.js';
import { VirtualList } from './VirtualList.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
beforeEach(() => {
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

const show = (element: ReactElement): Promise<void> => act(async () => page.root.render(element));

describe('a table', () => {
  it('names itself and each column for a screen reader, and can be scrolled by keyboard', async () => {
    await show(
      <Table name="Caches" columns={['For', { number: 'Hits' }]}>
        <tr>
          <td>Search</td>
          <td>0</td>
        </tr>
      </Table>,
    );
    const frame = one('[role=region]');
    expect([frame.getAttribute('aria-label'), frame.tabIndex]).toEqual(['Caches', 0]);
    expect(texts('th[scope=col]')).toEqual(['For', 'Hits']);
    expect(texts('th.number')).toEqual(['Hits']);
    expect(texts('tbody td')).toEqual(['Search', '0']);
  });

  it('names the column of buttons only when rows have buttons', async () => {
    await show(
      <Table name="Keys" columns={['Name']} hasActions>
        {null}
      </Table>,
    );
    expect(texts('thead td')).toEqual(['Actions']);
    await show(
      <Table name="Keys" columns={['Name']}>
        {null}
      </Table>,
    );
    expect(texts('thead td')).toEqual([]);
  });
});

describe('a table of loaded data', () => {
  const table = (loaded: {
    readonly value?: readonly string[];
    readonly error?: ApiError;
    readonly again?: () => void;
  }): ReactElement => (
    <LoadedTable
      name="Names"
      columns={['Name']}
      empty="No names yet."
      loaded={{ value: loaded.value, error: loaded.error, again: loaded.again ?? (() => undefined) }}
    >
      {(name) => (
        <tr key={name}>
          <td>{name}</td>
        </tr>
      )}
    </LoadedTable>
  );

  it('says that it loads, before there is anything', async () => {
    await show(table({}));
    expect(pageText()).toBe('Loading…');
    expect(all('table')).toEqual([]);
  });

  it('shows the empty state and no table when there are no rows', async () => {
    await show(table({ value: [] }));
    expect(pageText()).toBe('No names yet.');
    expect(all('table')).toEqual([]);
  });

  it('keeps its rows when a reload fails, and loads again on request', async () => {
    const again = jest.fn();
    await show(table({ value: ['Ada'], error: new ApiError('forbidden', 'Not for you.', 403), again }));
    expect(texts('tbody td')).toEqual(['Ada']);
    expect(one('[role=alert]').textContent).toContain('Not for you.');
    await pressButton('Retry');
    expect(again).toHaveBeenCalledTimes(1);
  });

  it('shows only the error when nothing was ever loaded', async () => {
    await show(table({ error: new ApiError('unreachable', 'Heddle does not answer.', 0) }));
    expect(texts('.failure-title')).toEqual(['No connection to Heddle']);
    expect(pageText()).not.toContain('Loading…');
    expect(pageText()).not.toContain('No names yet.');
  });

  it('shows markup in a row as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    await show(table({ value: [hostile] }));
    expect(texts('tbody td')).toEqual([hostile]);
    expect(all('img')).toEqual([]);
  });
});

describe('a row of a list', () => {
  it('shows its title, its facts, its tooltip and its buttons', async () => {
    const run = jest.fn();
    await show(
      <ul>
        <ListRow title="Mail" facts="service:mail" hint="The mail service">
          <RowButton title="Remove" what="Mail" run={run} />
        </ListRow>
      </ul>,
    );
    expect(texts('.row-title')).toEqual(['Mail']);
    expect(texts('.row-facts')).toEqual(['service:mail']);
    expect(one('.row-main').dataset['tip']).toBe('The mail service');
    expect(texts('button')).toEqual(['Remove Mail']);
    await press(one('button'));
    expect(run).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['is disabled when the action is not possible', { isOff: true }, true, 'button button-small'],
    ['warns when the action is permanent', { isDanger: true }, false, 'button button-small failed-text'],
  ])('has a button that %s', async (_what, properties, isOff, className) => {
    const run = jest.fn();
    await show(<RowButton title="Erase" what="all" run={run} {...properties} />);
    const button = one<HTMLButtonElement>('button');
    expect([button.disabled, button.className]).toEqual([isOff, className]);
    await press(button);
    expect(run).toHaveBeenCalledTimes(isOff ? 0 : 1);
  });
});

it('a fact shows zero as a value, not as nothing', async () => {
  await show(
    <dl>
      <Fact name="Runs">{0}</Fact>
    </dl>,
  );
  expect([texts('dt'), texts('dd')]).toEqual([['Runs'], ['0']]);
});

describe('a list that draws what is visible', () => {
  const observed: Element[] = [];
  let disconnected: number;
  let resized: () => void;
  const realObserver = globalThis.ResizeObserver;
  beforeEach(() => {
    observed.length = 0;
    disconnected = 0;
    globalThis.ResizeObserver = class {
      constructor(callback: () => void) {
        resized = callback;
      }
      observe(element: Element): void {
        observed.push(element);
      }
      unobserve(): void {}
      disconnect(): void {
        disconnected += 1;
      }
    } as unknown as typeof ResizeObserver;
  });
  afterEach(() => {
    globalThis.ResizeObserver = realObserver;
  });
  const list = (count: number): ReactElement => (
    <VirtualList count={count} rowHeight={20} label="Rows" render={(index) => <li key={index}>{`row ${index}`}</li>} />
  );
  const resize = (height: number): Promise<void> =>
    act(async () => {
      Object.defineProperty(one('[role=group]'), 'clientHeight', { value: height, configurable: true });
      resized();
    });
  const scroll = (top: number): Promise<void> =>
    act(async () => {
      const frame = one('[role=group]');
      frame.scrollTop = top;
      frame.dispatchEvent(new Event('scroll'));
    });
  const padding = (): number => {
    const { paddingTop, paddingBottom } = one('ul').style;
    return Number.parseInt(paddingTop, 10) + Number.parseInt(paddingBottom, 10);
  };

  it('draws a few of ten thousand rows, and keeps the height of the others', async () => {
    await show(list(10_000));
    await resize(400);
    expect(all('li')).toHaveLength(26);
    expect(texts('li')[0]).toBe('row 0');
    expect(padding() + all('li').length * 20).toBe(200_000);
  });

  it('draws the rows around the scroll position', async () => {
    await show(list(10_000));
    await resize(400);
    await scroll(100_000);
    expect([texts('li')[0], texts('li').at(-1)]).toEqual(['row 4994', 'row 5025']);
    expect(padding() + all('li').length * 20).toBe(200_000);
  });

  it('draws more rows in a higher frame', async () => {
    await show(list(10_000));
    await resize(400);
    const before = all('li').length;
    await resize(800);
    expect(all('li').length).toBe(before + 20);
  });

  it('still draws rows when the list shrinks below the scroll position', async () => {
    await show(list(10_000));
    await resize(400);
    await scroll(199_000);
    await show(list(3));
    expect(texts('li')).toEqual(['row 0', 'row 1', 'row 2']);
  });

  it('draws nothing when there are no rows', async () => {
    await show(list(0));
    expect(all('li')).toEqual([]);
    expect(padding()).toBe(0);
  });

  it('stops watching its height when it leaves the page', async () => {
    await show(list(3));
    expect(observed).toHaveLength(1);
    await show(<p>Another page</p>);
    expect(disconnected).toBe(1);
  });
});
